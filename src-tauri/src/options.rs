//! The command line: four options, and the link that the operating system passes when the browser returns.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};
use pco_client::{ClientId, looks_like_callback};
use url::{Host, Url};

/// What the program was started with.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "narthex", version, about)]
pub struct Options {
    /// Open the practice church
    #[arg(long)]
    pub practice: bool,

    /// Use a test server on this computer in place of Planning Center; takes an address such as `http://127.0.0.1:4010`
    #[arg(long, value_name = "URL", value_parser = loopback_origin)]
    pub pco_url: Option<Url>,

    /// The client ID of the Planning Center application to sign in with
    #[arg(long, value_name = "ID", value_parser = client_id)]
    pub client_id: Option<ClientId>,

    /// Keep everything the program writes in this folder; such a run stands beside any other. The browser comes back to
    /// it by the local address or by pasting, because links of the system go to the run without this option
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// A sign-in link from the browser
    #[arg(value_name = "LINK", hide = true)]
    arguments: Vec<OsString>,
}

impl Options {
    /// Reads the process's arguments. Prints and ends the process for `--help`, `--version` and a bad value of a known
    /// option (exit code 2); an argument it does not know is passed over, because desktops add some of their own.
    #[must_use]
    pub fn from_process() -> Self {
        Self::parse_arguments(std::env::args_os().collect()).unwrap_or_else(|error| error.exit())
    }

    /// The sign-in link among the arguments, if there is one.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.arguments
            .iter()
            .filter_map(|argument| argument.to_str())
            .find(|argument| looks_like_callback(argument))
    }

    fn parse_arguments(mut arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        loop {
            let error = match Self::command().try_get_matches_from(&arguments) {
                Ok(matches) => return Self::from_arg_matches(&matches),
                Err(error) => error,
            };
            let Some(unknown) = unknown_argument(&error, &arguments) else {
                return Err(error);
            };
            arguments.remove(unknown);
        }
    }
}

/// Where the argument stands that the parser does not know.
fn unknown_argument(error: &clap::Error, arguments: &[OsString]) -> Option<usize> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    arguments
        .iter()
        .skip(1)
        .position(|argument| argument.to_string_lossy().starts_with(unknown.as_str()))
        .map(|at| at + 1)
}

/// Only an IP literal of this very computer: a name could lead elsewhere, and a token would follow it.
fn loopback_origin(text: &str) -> Result<Url, String> {
    const WANTED: &str = "only an address of this computer is accepted, such as http://127.0.0.1:4010";
    let url = Url::parse(text).map_err(|_| WANTED.to_owned())?;
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address),
        Some(Host::Ipv6(address)) => IpAddr::from(address),
        Some(Host::Domain(_)) | None => return Err(WANTED.to_owned()),
    };
    let bare = url.scheme() == "http"
        && url.port().is_some()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare || !address.is_loopback() {
        return Err(WANTED.to_owned());
    }
    Ok(url)
}

fn client_id(text: &str) -> Result<ClientId, String> {
    ClientId::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        let all = std::iter::once("narthex").chain(arguments.iter().copied());
        Options::parse_arguments(all.map(OsString::from).collect())
    }

    #[test]
    fn every_option_is_read() {
        let id = "0123456789abcdef".repeat(4);
        let options = parse(&[
            "--practice",
            "--pco-url",
            "http://127.0.0.1:4010",
            "--client-id",
            &id,
            "--data-dir=somewhere",
        ])
        .unwrap();
        assert!(options.practice);
        assert_eq!(options.pco_url.unwrap().as_str(), "http://127.0.0.1:4010/");
        assert_eq!(options.client_id.unwrap().as_str(), id);
        assert_eq!(options.data_dir.unwrap(), PathBuf::from("somewhere"));
    }

    #[test]
    fn the_link_is_found_among_other_arguments() {
        let link = "org.narthex.desktop:/oauth/callback?code=a&state=b";
        assert_eq!(parse(&[link]).unwrap().link(), Some(link));
        assert_eq!(parse(&["--practice", "other", link]).unwrap().link(), Some(link));
        assert_eq!(parse(&["https://example.com/"]).unwrap().link(), None);
        assert_eq!(parse(&[]).unwrap().link(), None);
    }

    #[test]
    fn what_desktops_add_does_not_stop_the_start() {
        let options =
            parse(&["-psn_0_12345", "--gapplication-service", "--practice", "--x=1", "-z"]).unwrap();
        assert!(options.practice);
    }

    #[test]
    fn a_test_server_must_be_an_ip_literal_of_this_computer() {
        for good in ["http://127.0.0.1:1", "http://127.9.9.9:4010/", "http://[::1]:4010"] {
            assert!(parse(&["--pco-url", good]).is_ok(), "{good}");
        }
        let bad = [
            "",
            "127.0.0.1:80",
            "http://127.0.0.1",
            "http://localhost:4010",
            "http://127.0.0.1.example.com:4010",
            "http://192.168.1.2:4010",
            "http://[::ffff:10.0.0.1]:4010",
            "http://user@127.0.0.1:4010",
            "http://user:pass@127.0.0.1:4010",
            "http://127.0.0.1:4010/path",
            "http://127.0.0.1:4010/?query",
            "http://127.0.0.1:4010/#fragment",
            "https://127.0.0.1:4010",
            "file:///etc/passwd",
        ];
        for address in bad {
            let error = parse(&["--pco-url", address]).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{address}");
        }
    }

    #[test]
    fn a_client_id_of_the_wrong_shape_is_refused() {
        let error = parse(&["--client-id", "abc"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("64 characters"));
    }
}
