//! Parameters as they arrive: in a query, or in one of the three encodings of the token endpoint.

use url::form_urlencoded;

use super::Parameters;

/// Bytes of the longest value that is taken; the server before Planning Center takes no longer line either.
const LONGEST: usize = 8_192;

/// The parameters cannot be read, or one is given twice: nobody guesses what was meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Parameters of a query string.
pub(crate) fn from_query(query: &str) -> Result<Parameters, Malformed> {
    from_form(query.as_bytes())
}

/// Parameters of a body by its content type: form, JSON or multipart. Other types carry none.
pub(crate) fn from_body(content_type: &str, body: &[u8]) -> Result<Parameters, Malformed> {
    let (kind, rest) = content_type.split_once(';').unwrap_or((content_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "" | "application/x-www-form-urlencoded" => from_form(body),
        "application/json" | "application/vnd.api+json" => from_json(body),
        "multipart/form-data" => {
            let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
            boundary.ok_or(Malformed).and_then(|boundary| from_multipart(boundary.trim_matches('"'), body))
        }
        _ => Ok(Parameters::new()),
    }
}

fn from_form(text: &[u8]) -> Result<Parameters, Malformed> {
    let mut after_percent = text.split(|byte| *byte == b'%').skip(1);
    let encoded = after_percent
        .all(|rest| matches!(rest, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()));
    if encoded { collect(form_urlencoded::parse(text).into_owned()) } else { Err(Malformed) }
}

/// Bytes that are no text have become replacement characters by now.
fn collect(pairs: impl Iterator<Item = (String, String)>) -> Result<Parameters, Malformed> {
    let readable = |text: &str| text.len() <= LONGEST && !text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    let mut parameters = Parameters::new();
    for (name, value) in pairs {
        if !readable(&name) || !readable(&value) || parameters.insert(name, value).is_some() {
            return Err(Malformed);
        }
    }
    Ok(parameters)
}

fn from_json(body: &[u8]) -> Result<Parameters, Malformed> {
    let serde_json::Value::Object(members) = serde_json::from_slice(body).map_err(|_| Malformed)? else {
        return Err(Malformed);
    };
    collect(members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))))
}

fn from_multipart(boundary: &str, body: &[u8]) -> Result<Parameters, Malformed> {
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let parts = text.split(delimiter.as_str()).filter_map(|part| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    });
    collect(parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded::Serializer;

    use super::{LONGEST, Malformed, Parameters, from_body, from_query};

    #[test]
    fn all_three_encodings_give_the_same_parameters() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\na b\r\n--x\r\n\
            Content-Disposition: form-data; name=\"state\"\r\n\r\nü\r\n--x--\r\n";
        for (content_type, body) in [
            ("application/x-www-form-urlencoded", "code=a+b&state=%C3%BC"),
            ("application/json; charset=utf-8", r#"{"code":"a b","state":"ü","life":7200}"#),
            ("multipart/form-data; boundary=x", multipart),
        ] {
            let parameters = from_body(content_type, body.as_bytes()).unwrap();
            assert_eq!(parameters["code"], "a b", "{content_type}");
            assert_eq!(parameters["state"], "ü", "{content_type}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_malformed() {
        let long = format!("a={}", "x".repeat(LONGEST + 1));
        for (content_type, body) in [
            ("application/json", "{"),
            ("application/json", "[]"),
            ("application/json", &"[".repeat(100_000)),
            ("multipart/form-data", "--x"),
            ("", "a=1&a=1"),
            ("", "a=%"),
            ("", "a=%2"),
            ("", "a=%zz"),
            ("", "a=%00"),
            ("", "a=%FF"),
            ("", &long),
        ] {
            assert_eq!(from_body(content_type, body.as_bytes()), Err(Malformed), "{content_type} {body:.20}");
        }
        assert_eq!(from_body("text/plain", b"a=1"), Ok(Parameters::new()));
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(content_type in ".{0,40}", body in any::<Vec<u8>>()) {
            let _ = from_body(&content_type, &body);
            let _ = from_body("application/json", &body);
            let _ = from_body("multipart/form-data; boundary=-", &body);
        }

        #[test]
        fn what_was_encoded_is_read_back(value in "[^\0\u{FFFD}]{0,60}") {
            let query = Serializer::new(String::new()).append_pair("state", &value).finish();
            prop_assert_eq!(&from_query(&query).unwrap()["state"], &value);
        }
    }
}
