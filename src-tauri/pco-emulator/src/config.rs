//! What an emulator is told at its start.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;

/// The redirect addresses an application is registered with unless others are given.
pub const DEFAULT_REDIRECT_URIS: [&str; 4] = [
    "org.narthex.desktop:/oauth/callback",
    "http://127.0.0.1:8127/oauth/callback",
    "http://127.0.0.1:8128/oauth/callback",
    "http://127.0.0.1:8129/oauth/callback",
];

/// How large the invented church is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Church {
    /// One site, 3 service types, 150 people.
    #[default]
    Small,
    /// 4 sites, 25 service types, 12,000 people.
    Large,
    /// 24 sites, 500 service types, 100,000 people.
    Huge,
}

/// What the consent page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Shows a page with Allow and Deny.
    #[default]
    Ask,
    /// Redirects at once with a code.
    Auto,
    /// Redirects at once with `access_denied`.
    Deny,
    /// Redirects at once with a code, but under a state that the program never sent, as a forger would.
    Forge,
}

/// When a refresh token dies that has been used. Planning Center does one of the two and does not say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Rotation {
    /// When the access token that came of it is first used; until then several refreshes succeed.
    Grace,
    /// At once.
    #[default]
    Strict,
}

/// What the signed-in person may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What the church grants to whoever it is.
    #[default]
    Granted,
    /// Everything, whoever it is.
    Administrator,
    /// No access to Services: each call there answers 401 `TRASH_PANDA`.
    NoServices,
    /// No People permission: `/people/v2/me` answers, collections are 403.
    NoPeople,
}

/// When the period of a rate limit begins. Planning Center does not say which of the two it uses.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RateWindow {
    /// With the first request, and again with the first one after its end.
    #[default]
    Fixed,
    /// With every request anew: what counts is always the last period.
    Sliding,
}

/// So many requests in so many seconds. Written `100/20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Limit {
    /// Requests.
    pub count: u32,
    /// Seconds.
    pub seconds: u32,
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        format!("{}/{}", limit.count, limit.seconds)
    }
}

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text
            .split_once('/')
            .and_then(|(count, seconds)| Some((count.parse().ok()?, seconds.parse().ok()?)));
        match parts {
            Some((count, seconds)) if count > 0 && seconds > 0 => Ok(Self { count, seconds }),
            _ => Err("a limit is written as requests/seconds, for example 100/20".to_owned()),
        }
    }
}

/// Everything an emulator can be told. The default is the practice church on a free port.
#[derive(Clone)]
pub struct EmulatorConfig {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The size of the church.
    pub church: Church,
    /// How many people instead of the size's own number.
    pub people: Option<u32>,
    /// The same seed and day give the same church.
    pub seed: u64,
    /// The church's today; the computer's when absent.
    pub today: Option<Date>,
    /// The registered client; one derived from the seed when absent.
    pub client_id: Option<String>,
    /// A second, Confidential application: id and secret. Its requests prove themselves with both, and may leave PKCE out.
    pub client_secret: Option<(String, String)>,
    /// The registered redirect addresses of both, compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// What the consent page does.
    pub consent: Consent,
    /// When a used refresh token dies.
    pub rotation: Rotation,
    /// Seconds until an access token expires.
    pub access_token_life: u64,
    /// The general rate limit, per token.
    pub rate_limit: Limit,
    /// The limit for requests with an offset of 30,000 or more.
    pub deep_offset_limit: Limit,
    /// When the period of both limits begins.
    pub rate_window: RateWindow,
    /// How long every answer waits.
    pub latency: Duration,
    /// How long a client may take for a request's head, and for each part of its body.
    pub patience: Duration,
    /// The rate limit's period passes this many times faster, while headers keep the full number.
    pub time_scale: f64,
    /// A Personal Access Token: id and secret for HTTP Basic.
    pub pat: Option<(String, String)>,
    /// A file that gets one JSON line per request, without tokens.
    pub access_log: Option<PathBuf>,
    /// Answer 400 where Planning Center ignores an unknown name, and where a request asks for forbidden attributes.
    pub strict: bool,
}

impl Default for EmulatorConfig {
    fn default() -> Self {
        Self {
            port: 0,
            church: Church::Small,
            people: None,
            seed: 1,
            today: None,
            client_id: None,
            client_secret: None,
            redirect_uris: DEFAULT_REDIRECT_URIS.map(str::to_owned).to_vec(),
            consent: Consent::Ask,
            rotation: Rotation::default(),
            access_token_life: 7_200,
            rate_limit: Limit { count: 100, seconds: 20 },
            deep_offset_limit: Limit { count: 75, seconds: 20 },
            rate_window: RateWindow::default(),
            latency: Duration::ZERO,
            patience: Duration::from_mins(1),
            time_scale: 1.0,
            pat: None,
            access_log: None,
            strict: false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Limit;

    #[test]
    fn limits_are_read_as_requests_by_seconds() {
        assert_eq!("100/20".parse::<Limit>().unwrap(), Limit { count: 100, seconds: 20 });
        for wrong in ["100", "0/20", "100/0", "a/b", "100/20/3", "-1/20"] {
            assert!(wrong.parse::<Limit>().is_err(), "{wrong}");
        }
    }
}
