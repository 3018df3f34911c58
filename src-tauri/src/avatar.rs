//! The `avatar:` scheme: photos of whoever is signed in and of people, for the one window.

use tauri::async_runtime::spawn;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::shell::Shell;
use crate::window;

/// The scheme's name; the content security policy lets images come from it.
pub const SCHEME: &str = "avatar";

/// Answers one request, such as `avatar://localhost/KEY`, with a JPEG image or 404.
pub fn answer<R: Runtime>(
    context: &UriSchemeContext<'_, R>,
    request: &Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let key = request.uri().path().trim_start_matches('/').to_owned();
    let app = context.app_handle();
    let known_window = context.webview_label() == window::LABEL;
    let shell = app.try_state::<Shell>().filter(|_| known_window);
    let Some(program) = shell.map(|shell| shell.current()) else { return responder.respond(respond(None)) };
    // It may have to come from Planning Center first.
    spawn(async move { responder.respond(respond(program.photo(&key).await)) });
}

fn respond(photo: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, kind, body) = match photo {
        Some(jpeg) => (StatusCode::OK, "image/jpeg", jpeg),
        None => (StatusCode::NOT_FOUND, "text/plain", Vec::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    // Photos are kept in the encrypted store alone, not in the web view's own cache on disk.
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
        assert_eq!(found.headers()[header::CONTENT_TYPE], "image/jpeg");
        assert_eq!(found.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(found.body(), &[1, 2]);
        assert_eq!(respond(None).status(), StatusCode::NOT_FOUND);
    }
}
