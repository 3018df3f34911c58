//! The three encodings in which the token endpoint takes its parameters.

use url::form_urlencoded;

use super::Parameters;

/// Parameters of a query string; the first of each name counts.
pub(crate) fn from_query(query: &str) -> Parameters {
    collect(form_urlencoded::parse(query.as_bytes()).into_owned())
}

/// Parameters of a body by its content type: form, JSON or multipart. Empty when it cannot be read.
pub(crate) fn from_body(content_type: &str, body: &[u8]) -> Parameters {
    let (kind, rest) = content_type.split_once(';').unwrap_or((content_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "application/json" | "application/vnd.api+json" => from_json(body),
        "multipart/form-data" => {
            let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
            boundary.map(|boundary| from_multipart(boundary.trim_matches('"'), body)).unwrap_or_default()
        }
        _ => collect(form_urlencoded::parse(body).into_owned()),
    }
}

fn collect(pairs: impl Iterator<Item = (String, String)>) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, value) in pairs {
        parameters.entry(name).or_insert(value);
    }
    parameters
}

fn from_json(body: &[u8]) -> Parameters {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(body) else {
        return Parameters::new();
    };
    collect(members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))))
}

fn from_multipart(boundary: &str, body: &[u8]) -> Parameters {
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
mod tests {
    use super::from_body;

    #[test]
    fn all_three_encodings_give_the_same_parameters() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\na b\r\n--x\r\n\
            Content-Disposition: form-data; name=\"state\"\r\n\r\nü\r\n--x--\r\n";
        for (content_type, body) in [
            ("application/x-www-form-urlencoded", "code=a+b&state=%C3%BC&code=second"),
            ("application/json; charset=utf-8", r#"{"code":"a b","state":"ü"}"#),
            ("multipart/form-data; boundary=x", multipart),
        ] {
            let parameters = from_body(content_type, body.as_bytes());
            assert_eq!(parameters["code"], "a b", "{content_type}");
            assert_eq!(parameters["state"], "ü", "{content_type}");
        }
    }

    #[test]
    fn an_unreadable_body_has_no_parameters() {
        assert!(from_body("application/json", b"{").is_empty());
        assert!(from_body("multipart/form-data", b"--x").is_empty());
    }
}
