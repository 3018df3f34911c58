//! Reading the search blocks from the store: in two halves at once, since deciphering the pages is most of it.

use std::panic::resume_unwind;
use std::thread;

use rusqlite::{OptionalExtension, Transaction};

use super::files::Files;
use super::{RowId, SearchBlocks, SearchIndex, StoreError};

/// Rows below which a second connection takes as long to open as it saves.
const FEW: i64 = 4_000;
/// Rows among which the middle is looked for, at the least; it comes out within a tenth of the real one as a rule.
const SAMPLE: usize = 24;

/// Reads all blocks in one transaction.
pub(super) fn read_all(transaction: &Transaction<'_>) -> Result<SearchBlocks, StoreError> {
    read_half(transaction, Half::FromMiddle, "")
}

/// Reads all blocks over connections of their own. What is written meanwhile may be in one half alone.
pub(super) fn read_in_halves(files: &Files) -> Result<SearchBlocks, StoreError> {
    let mut connection = files.open_to_read()?;
    let transaction = connection.transaction()?;
    let Some(middle) = middle(&transaction)? else { return read_all(&transaction) };
    thread::scope(|scope| {
        let second_half = scope.spawn(|| {
            let mut connection = files.open_to_read()?;
            read_half(&connection.transaction()?, Half::FromMiddle, &middle)
        });
        let mut blocks = read_half(&transaction, Half::ToMiddle, &middle)?;
        blocks.append_all(second_half.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        Ok(blocks)
    })
}

/// What about half of the rows are ordered before; `None` if there are few.
pub(super) fn middle(transaction: &Transaction<'_>) -> Result<Option<String>, StoreError> {
    let last: Option<i64> = transaction.query_row("SELECT max(record) FROM search", [], |row| row.get(0))?;
    let Some(last) = last.filter(|last| *last >= FEW) else { return Ok(None) };
    let mut distance = last / 32;
    let mut sample = sample(transaction, distance)?;
    // Most records of a large church are not searched, and stand where the sample finds nothing.
    while sample.len() < SAMPLE && distance > 32 {
        distance /= 4;
        sample = self::sample(transaction, distance)?;
    }
    sample.sort_unstable();
    let middle = sample.len() / 2;
    Ok(sample.into_iter().nth(middle))
}

/// What rows are ordered by that stand so far from each other. A gap is left out, and not told of by the row behind it.
fn sample(transaction: &Transaction<'_>, distance: i64) -> Result<Vec<String>, StoreError> {
    let mut next = transaction
        .prepare_cached("SELECT record, sort FROM search WHERE record >= ?1 ORDER BY record LIMIT 1")?;
    let (mut sample, mut from) = (Vec::new(), 0);
    while let Some((record, sort)) =
        next.query_row([from], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?
    {
        sample.push(sort);
        from = record + distance;
    }
    Ok(sample)
}

#[derive(Clone, Copy)]
enum Half {
    ToMiddle,
    FromMiddle,
}

fn read_half(transaction: &Transaction<'_>, half: Half, middle: &str) -> Result<SearchBlocks, StoreError> {
    let mut kinds = transaction.prepare("SELECT kind FROM tally")?;
    let mut entries = transaction.prepare(match half {
        Half::ToMiddle => {
            "SELECT sort, record, rest FROM search WHERE kind = ?1 AND sort < ?2 ORDER BY sort, record"
        }
        Half::FromMiddle => {
            "SELECT sort, record, rest FROM search WHERE kind = ?1 AND sort >= ?2 ORDER BY sort, record"
        }
    })?;
    let mut blocks = SearchBlocks::default();
    for kind in kinds.query_map([], |row| row.get::<_, String>(0))? {
        let kind = kind?;
        let mut index = SearchIndex::new();
        let mut rows = entries.query([&kind, middle])?;
        while let Some(row) = rows.next()? {
            let text = |column| row.get_ref(column).map(|value| value.as_bytes().unwrap_or_default());
            index.push(RowId(row.get(1)?), text(0)?, text(2)?);
        }
        blocks.append(kind, index);
    }
    Ok(blocks)
}
