use serde_json::Value;

use crate::harness::{Story, ids, text};

fn names(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|person| text(&person["attributes"]["name"])).collect()
}

#[tokio::test]
async fn people_are_found_by_exact_attributes_without_case() {
    let story = Story::begin().await;
    let kims = story.get("people/v2/people?where[last_name]=kim&per_page=100").await;
    assert!(names(&kims).contains(&"Daniel Kim".to_owned()));
    assert!(names(&kims).iter().all(|name| name.ends_with("Kim")));
    let both = story.get("people/v2/people?where[last_name]=KIM&where[first_name]=daniel").await;
    assert_eq!(names(&both), ["Daniel Kim"]);
    let namesakes = story.get("people/v2/people?where[first_name]=Grace&where[last_name]=Thompson").await;
    assert_eq!(namesakes["meta"]["total_count"], 2);
    assert_eq!(story.get("people/v2/people?where[first_name]=dan").await["meta"]["total_count"], 0);
}

#[tokio::test]
async fn searches_take_parts_of_names_addresses_and_numbers() {
    let story = Story::begin().await;
    for (query, expected) in [
        ("where[search_name]=dan+kim", "Daniel Kim"),
        ("where[search_name]=o%E2%80%99con", "Paddy O’Connor"),
        ("where[search_name_or_email]=daniel.kim@", "Daniel Kim"),
        ("where[search_name_or_email_or_phone_number]=010-0199", "Daniel Kim"),
        ("where[search_phone_number]=(555) 010-0199", "Ji-woo Kim"),
        ("where[search_phone_number]=00199", "Daniel Kim"),
        ("where[search_phone_number_e164]=%2B15550100199", "Ji-woo Kim"),
    ] {
        let page = story.get(&format!("people/v2/people?{query}")).await;
        assert!(names(&page).contains(&expected.to_owned()), "{query}: {:?}", names(&page));
        assert!(names(&page).len() < 10, "{query}");
    }
    assert_eq!(story.emulator.person_phone("Daniel Kim").unwrap(), "(555) 010-0199");
    let number = story.get("people/v2/phone_numbers?where[number]=(555) 010-0199").await;
    assert_eq!(number["meta"]["total_count"], 2);
}

#[tokio::test]
async fn created_at_windows_cut_the_church_into_parts_that_fit_together() {
    let story = Story::begin().await;
    let all = story.get("people/v2/people").await["meta"]["total_count"].as_u64().unwrap();
    let border = "2020-06-01T00:00:00Z";
    let before =
        story.get(&format!("people/v2/people?where[created_at][lt]={border}")).await["meta"]["total_count"]
            .as_u64()
            .unwrap();
    let after =
        story.get(&format!("people/v2/people?where[created_at][gte]={border}")).await["meta"]["total_count"]
            .as_u64()
            .unwrap();
    assert!(before > 0 && after > 0);
    assert_eq!(before + after, all);
    let day = story.get("people/v2/people?where[created_at]=2017-06-13").await["meta"]["total_count"]
        .as_u64()
        .unwrap();
    assert_eq!(day, all * 2 / 5, "the import took one day");
}

#[tokio::test]
async fn lists_are_ordered_both_ways() {
    let story = Story::begin().await;
    let upwards = ids(&story.get("people/v2/people?order=created_at&per_page=100").await["data"]);
    let downwards = story.walk("people/v2/people?order=-created_at").await;
    let moments: Vec<String> =
        downwards.iter().map(|person| text(&person["attributes"]["created_at"])).collect();
    assert!(moments.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(upwards[0], text(&story.get("people/v2/people?per_page=1").await["data"][0]["id"]));
}

#[tokio::test]
async fn unknown_names_change_nothing() {
    let story = Story::begin().await;
    let plain = story.get("people/v2/people").await;
    for query in
        ["where[shoe_size]=44", "order=shoe_size", "filter=tall", "include=shoes", "where[first_name][gte]=A"]
    {
        let page = story.get(&format!("people/v2/people?{query}")).await;
        assert_eq!(page["data"], plain["data"], "{query}");
        assert_eq!(page["meta"]["total_count"], plain["meta"]["total_count"], "{query}");
    }
}

#[tokio::test]
async fn past_and_future_share_the_plans_and_leave_the_timeless_one_out() {
    let story = Story::begin().await;
    let sunday = story.sunday().await;
    let plans = sunday.rsplit_once('/').unwrap().0;
    let (story, plans) = (&story, plans);
    let count = |query: &'static str| async move {
        story.get(&format!("{plans}?{query}")).await["meta"]["total_count"].as_u64().unwrap()
    };
    let (all, past, future, timeless) = (
        count("").await,
        count("filter=past").await,
        count("filter=future").await,
        count("filter=no_dates").await,
    );
    assert_eq!(past + future + timeless, all);
    assert_eq!(timeless, 1);
    assert_eq!(count("order=sort_date").await, all - 1, "a plan without times falls out of the order");
    assert_eq!(count("filter=after,before&after=2026-11-20&before=2026-11-22").await, 1);
    assert_eq!(count("filter=after&after=2026-11-22T00:00:00Z").await, future);

    let ordered = story.walk(&format!("{plans}?order=sort_date")).await;
    let dates: Vec<String> = ordered.iter().map(|plan| text(&plan["attributes"]["sort_date"])).collect();
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]));
    let by_id = story.walk(plans).await;
    assert_ne!(ids(&Value::Array(by_id)), ids(&Value::Array(ordered)), "ids are not in the order of dates");
}

#[tokio::test]
async fn team_members_are_filtered_by_answer_and_team() {
    let story = Story::begin().await;
    let members = format!("{}/team_members", story.sunday().await);
    let all = story.walk(&members).await;
    let with = |status: &str| all.iter().filter(|member| member["attributes"]["status"] == status).count();
    assert!(with("C") > 0 && with("U") > 0 && with("D") > 0);
    assert_eq!(story.walk(&format!("{members}?filter=not_declined")).await.len(), all.len() - with("D"));
    assert_eq!(story.walk(&format!("{members}?filter=confirmed")).await.len(), with("C"));
    let team = text(&all[0]["relationships"]["team"]["data"]["id"]);
    let of_team = story.walk(&format!("{members}?where[team_id]={team}")).await;
    assert!(!of_team.is_empty() && of_team.len() < all.len());
    assert!(of_team.iter().all(|member| member["relationships"]["team"]["data"]["id"] == team.as_str()));
}

#[tokio::test]
async fn schedules_show_what_was_sent_and_not_declined_until_asked() {
    let story = Story::begin().await;
    let members = story.walk(&format!("{}/team_members?where[team_id]=", story.sunday().await)).await;
    assert!(members.is_empty(), "no team has an empty id");
    let members = story.walk(&format!("{}/team_members", story.sunday().await)).await;
    let declined = members.iter().find(|member| member["attributes"]["status"] == "D").unwrap();
    let person = text(&declined["relationships"]["person"]["data"]["id"]);
    let schedules = format!("services/v2/people/{person}/schedules");
    let id = text(&declined["id"]);
    assert!(!ids(&story.get(&schedules).await["data"]).contains(&id));
    let with_declined = story.get(&format!("{schedules}?filter=with_declined")).await;
    assert!(ids(&with_declined["data"]).contains(&id));
    let all = story.walk(&format!("{schedules}?filter=all,with_declined")).await;
    let past = story.walk(&format!("{schedules}?filter=past,with_declined")).await;
    assert_eq!(
        all.len(),
        past.len() + story.walk(&format!("{schedules}?filter=future,with_declined")).await.len()
    );
}
