//! Pictures of people. They need no sign-in, and none goes along: their host is not the API's.

use http::header::CONTENT_TYPE;
use url::Url;

use crate::client::Client;
use crate::error::ApiError;
use crate::transport::{self, Failure};

/// The one host that serves Planning Center's pictures.
const PHOTO_HOST: &str = "avatars.planningcenteronline.com";
/// Longest picture that is read.
const LONGEST: usize = 1024 * 1024;

impl Client {
    /// Fetches the picture at an address that Planning Center named: the bytes as they came, of at most one
    /// mebibyte. Redirects are not followed, and the bearer token stays at home.
    ///
    /// # Errors
    /// [`ApiError::Address`] for any other host than Planning Center's own for pictures (or the practice church's
    /// own); [`ApiError::NotFound`] when there is no picture there; otherwise as a call's.
    pub async fn photo(&self, address: &str) -> Result<Vec<u8>, ApiError> {
        let template = || "photo".to_owned();
        let url = Url::parse(address)
            .ok()
            .filter(|url| is_photo_address(url, &self.inner.base))
            .ok_or_else(|| ApiError::Address { template: template() })?;
        let failed = |failure| match failure {
            Failure::Unreachable(how) => ApiError::Unreachable(how),
            Failure::Certificate => ApiError::Certificate,
            Failure::TooLarge => ApiError::TooLarge { template: template() },
        };
        let sending = self.inner.http.get(url).send().await;
        let response = sending.map_err(|error| failed(transport::sort(&error)))?;
        let answer = transport::read(response, LONGEST).await.map_err(failed)?;
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        match answer.status.as_u16() {
            200 if kind.starts_with("image/") => Ok(answer.body),
            200 => Err(ApiError::NotPlanningCenter),
            status @ 500.. => Err(ApiError::ServiceDown { status }),
            _ => Err(ApiError::NotFound),
        }
    }
}

fn is_photo_address(url: &Url, base: &Url) -> bool {
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_planning_center =
        url.scheme() == "https" && url.host_str() == Some(PHOTO_HOST) && url.port().is_none();
    is_plain && (is_planning_center || (transport::is_loopback(base) && url.origin() == base.origin()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn allowed(address: &str, base: &str) -> bool {
        is_photo_address(&Url::parse(address).unwrap(), &Url::parse(base).unwrap())
    }

    #[test]
    fn only_planning_centers_pictures_are_fetched() {
        let real = "https://api.planningcenteronline.com/";
        assert!(allowed(
            "https://avatars.planningcenteronline.com/uploads/person/1-2/avatar.3.jpg?g=136x136%23",
            real
        ));
        for address in [
            "http://avatars.planningcenteronline.com/a.jpg",
            "https://avatars.planningcenteronline.com:8443/a.jpg",
            "https://avatars.planningcenteronline.com.evil.example/a.jpg",
            "https://user@avatars.planningcenteronline.com/a.jpg",
            "https://api.planningcenteronline.com/people/v2/me",
            "http://127.0.0.1:9/a.png",
            "file:///etc/passwd",
        ] {
            assert!(!allowed(address, real), "{address}");
        }
    }

    #[test]
    fn the_practice_church_serves_its_own() {
        let practice = "http://127.0.0.1:4100/";
        assert!(allowed("http://127.0.0.1:4100/_avatars/1.png", practice));
        assert!(!allowed("http://127.0.0.1:4101/_avatars/1.png", practice));
        assert!(!allowed("http://localhost:4100/_avatars/1.png", practice));
    }
}
