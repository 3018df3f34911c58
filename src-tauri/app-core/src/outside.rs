//! The few kinds of address that lead out of the program.

use url::Url;

use crate::error::AppError;
use crate::words;

/// Planning Center's own sites.
const HOSTS: &[&str] = &[
    "accounts.planningcenteronline.com",
    "api.planningcenteronline.com",
    "people.planningcenteronline.com",
    "services.planningcenteronline.com",
    "www.planningcenter.com",
    "help.planningcenter.com",
];

const LONGEST: usize = 512;

/// Takes an `https` address of Planning Center, a `tel:` number or a `mailto:` address of one person, and nothing else.
pub(crate) fn outside_address(text: &str) -> Result<Url, AppError> {
    let refused = || AppError::new(&words::ADDRESS_NOT_OPENED);
    // Not every reader takes a backslash for a slash, and so for the end of the host.
    let is_ambiguous =
        |character: char| character.is_control() || character.is_whitespace() || character == '\\';
    if text.len() > LONGEST || text.chars().any(is_ambiguous) {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_allowed = match url.scheme() {
        "https" => {
            url.host_str().is_some_and(|host| HOSTS.contains(&host))
                && url.port().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        }
        "tel" => {
            let digits = url.path().strip_prefix('+').unwrap_or(url.path());
            is_bare(&url)
                && (3..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        "mailto" => is_bare(&url) && is_plain_mail_address(url.path()),
        _ => false,
    };
    if is_allowed { Ok(url) } else { Err(refused()) }
}

/// Whether a text is the mail address of one person and nothing more, so that a mail program cannot read a second
/// recipient, a subject or an encoded byte into it.
pub(crate) fn is_plain_mail_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+'~".contains(&byte))
    };
    text.split_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain))
}

fn is_bare(url: &Url) -> bool {
    url.query().is_none() && url.fragment().is_none() && !url.has_host()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lets_out_what_the_screens_offer() {
        for text in [
            "https://people.planningcenteronline.com/people/AC12",
            "https://services.planningcenteronline.com/plans/34?x=1",
            "https://api.planningcenteronline.com/oauth/applications",
            "tel:+15550100199",
            "tel:911",
            "mailto:daniel.kim+x@example.org",
            "mailto:o'neill@example.org",
        ] {
            assert_eq!(outside_address(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn lets_out_nothing_else() {
        for text in [
            "",
            "people",
            "http://people.planningcenteronline.com/",
            "https://people.planningcenteronline.com.evil.example/",
            "https://people.planningcenteronline.com@evil.example/",
            "https://people.planningcenteronline.com\\@evil.example/",
            "https://user@people.planningcenteronline.com/",
            "https://people.planningcenteronline.com:8443/",
            "https://people.planningcenteron1ine.com/",
            "https://example.org/",
            "file:///etc/passwd",
            "smb://host/share",
            "javascript:alert(1)",
            "data:text/html,x",
            "org.narthex.desktop:/oauth/callback?code=x",
            "tel:+1555;phone-context=x",
            "tel:*21*5550100%23",
            "tel:12",
            "tel://5550100",
            "mailto:a@b.example?cc=c@d.example",
            "mailto:a@b.example,c@d.example",
            "mailto:a%0ACc:c@b.example",
            "mailto:?to=a@b.example",
            "mailto:a@b.example\nx",
            " https://people.planningcenteronline.com/",
            "ms-settings:privacy",
        ] {
            assert!(outside_address(text).is_err(), "{text}");
        }
        assert!(outside_address(&format!("mailto:{}@b.example", "a".repeat(600))).is_err());
    }
}
