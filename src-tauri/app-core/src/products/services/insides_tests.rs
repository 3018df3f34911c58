use super::super::due::tests::details;
use super::*;
use crate::store::Store;

#[test]
fn what_was_asked_for_before_the_team_was_read_does_not_bring_its_old_answers_back() {
    let store = Store::in_memory().unwrap();
    let plan = Plan { id: "1".to_owned(), ..Plan::default() };
    let read = PlanDetails { team_as_of: Some("2026-11-20T12:30:00Z".parse().unwrap()), ..details(&plan) };
    let kept = |asked: &str| {
        let asked =
            Asked { at: asked.parse().unwrap(), answered_at: "2026-11-20T12:31:00Z".parse().unwrap() };
        store
            .write(|batch| {
                batch.put(&plan, 0)?;
                batch.put(&read, 0)?;
                let inside = Inside {
                    members: Some(Told::nothing(asked.at)),
                    needed: Some(Told::nothing(asked.at)),
                    items: Some(Told::nothing(asked.at)),
                    notes: Some(Told::nothing(asked.at)),
                };
                keep_inside(batch, &plan, asked, &inside).unwrap();
                Ok(batch.reader().get::<PlanDetails>("1")?.unwrap().as_of == asked.at)
            })
            .unwrap()
    };
    assert!(!kept("2026-11-20T12:29:59Z"));
    assert!(kept("2026-11-20T12:30:00Z"));
}
