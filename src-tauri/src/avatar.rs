//! The `avatar:` scheme: the photo of whoever is signed in, out of memory, for the one window.

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::shell::Shell;
use crate::window;

/// The scheme's name; the content security policy lets images come from it.
pub const SCHEME: &str = "avatar";

/// Answers one request, such as `avatar://localhost/KEY`, with a PNG image or 404.
pub fn answer<R: Runtime>(
    context: &UriSchemeContext<'_, R>,
    request: &Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let key = request.uri().path().trim_start_matches('/').to_owned();
    let app = context.app_handle();
    let known_window = context.webview_label() == window::LABEL;
    let shell = app.try_state::<Shell>().filter(|_| known_window);
    responder.respond(respond(shell.and_then(|shell| shell.current().photo(&key))));
}

fn respond(photo: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, kind, body) = match photo {
        Some(png) => (StatusCode::OK, "image/png", png),
        None => (StatusCode::NOT_FOUND, "text/plain", Vec::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    // Photos live in memory alone, not in the web view's own cache on disk.
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_an_image_that_nothing_caches() {
        let found = respond(Some(vec![1, 2]));
        assert_eq!(found.status(), StatusCode::OK);
        assert_eq!(found.headers()[header::CONTENT_TYPE], "image/png");
        assert_eq!(found.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(found.body(), &[1, 2]);
        assert_eq!(respond(None).status(), StatusCode::NOT_FOUND);
    }
}
