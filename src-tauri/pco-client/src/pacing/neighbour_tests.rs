#![allow(clippy::unwrap_used)]

use futures::future::join_all;

use super::*;

const LIMIT: usize = 100;
const PERIOD: Duration = Duration::from_secs(20);
/// The other program makes so many requests in a period, evenly.
const NEIGHBOURS: u32 = 50;
const CALLS: u64 = 1_000;

/// A server that counts what one person's programs ask, in windows that open with a request or slide; refused ones too.
struct Server {
    slides: bool,
    opened: Duration,
    counted: Vec<Duration>,
    neighbours: u32,
    refused: Vec<Duration>,
}

impl Server {
    fn new(slides: bool) -> Self {
        Self { slides, opened: Duration::ZERO, counted: Vec::new(), neighbours: 0, refused: Vec::new() }
    }

    /// Counts a request of ours after all that the neighbour asked before it. How long to wait, if it is refused.
    fn admit(&mut self, now: Duration) -> (RateHeaders, Option<Duration>) {
        loop {
            let next = (PERIOD / NEIGHBOURS).saturating_mul(self.neighbours);
            if next > now {
                break;
            }
            self.neighbours += 1;
            self.count(next);
        }
        self.count(now);
        let count = self.counted.len();
        let headers = RateHeaders {
            limit: u32::try_from(LIMIT).ok(),
            period: Some(PERIOD),
            count: u32::try_from(count).ok(),
        };
        let waits_for = if self.slides { self.counted[count.saturating_sub(LIMIT)] } else { self.opened };
        let left = PERIOD.saturating_sub(now.checked_sub(waits_for).unwrap());
        let is_refused = count > LIMIT;
        if is_refused {
            self.refused.push(now);
        }
        (headers, is_refused.then(|| Duration::from_secs(left.as_secs() + 1)))
    }

    fn count(&mut self, now: Duration) {
        if self.slides {
            self.counted.retain(|counted| *counted + PERIOD > now);
        } else if now >= self.opened + PERIOD {
            self.opened = now;
            self.counted.clear();
        }
        self.counted.push(now);
    }

    /// The most refusals in any of its periods.
    fn most_refused(&self) -> usize {
        let within =
            |from: &Duration| self.refused.iter().filter(|at| (*from..*from + PERIOD).contains(at)).count();
        self.refused.iter().map(within).max().unwrap_or(0)
    }
}

/// Beside a neighbour.
async fn share(slides: bool, way: u64) -> (Server, Duration) {
    ask(Server::new(slides), way).await
}

/// Makes `CALLS` requests at once, each as often as it is refused; requests and answers take up to so long each way.
async fn ask(server: Server, way: u64) -> (Server, Duration) {
    let gate = Arc::new(RateGate::new());
    let began = Instant::now();
    let server = Mutex::new(server);
    let call = async |number: u64| {
        loop {
            let mut permit = gate.acquire(Lane::Person).await;
            tokio::time::sleep(Duration::from_millis(number * 7 % way)).await;
            let (mut headers, refused) = server.lock().unwrap().admit(began.elapsed());
            tokio::time::sleep(Duration::from_millis(number * 13 % way)).await;
            if refused.is_some() {
                headers.count = None;
            }
            permit.observe(&headers);
            match refused {
                Some(wait) => permit.pause(wait),
                None => break,
            }
        }
    };
    join_all((0..CALLS).map(call)).await;
    let took = began.elapsed();
    (server.into_inner().unwrap(), took)
}

#[tokio::test(start_paused = true)]
async fn a_neighbour_costs_one_refusal_in_a_period_at_most_and_gets_its_share() {
    for (slides, way) in [false, true].into_iter().flat_map(|slides| [1, 5, 40, 150].map(|way| (slides, way)))
    {
        let (server, took) = share(slides, way).await;
        assert!(server.most_refused() <= 1, "{slides} {way}: {} in a period", server.most_refused());
        // What the neighbour leaves is ours: where the window slides that is half of the limit.
        let fair = if slides { PERIOD * 20 } else { PERIOD * 12 };
        assert!(took <= fair, "{slides} {way}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_alone_is_not_held_up() {
    for (slides, way) in [false, true].into_iter().flat_map(|slides| [1, 40, 150].map(|way| (slides, way))) {
        let mut server = Server::new(slides);
        server.neighbours = u32::MAX;
        let (server, took) = ask(server, way).await;
        assert!(server.refused.is_empty());
        assert!(
            took <= (PERIOD * 9).mul_f64(1.01) + 25 * Duration::from_millis(way),
            "{slides} {way}: {took:?}"
        );
    }
}
