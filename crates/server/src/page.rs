//! The embedded pages: the console at `/`, the grid worker's phone at `/m/`, public questionnaires at `/q/{token}`,
//! residents' pages at `/r/{area}`. Hashed assets are cached for good; the shells are asked for every time; every other
//! address is a shell, which finds its way. A release carries assets packed (`web/pack.mjs`); a debug build reads the folder
//! that the bundler made.

use std::io::Read;

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use flate2::read::GzDecoder;
use linli_engine::{Problem, ProblemKind};

use crate::ApiError;

#[cfg(feature = "embed-web")]
#[derive(rust_embed::RustEmbed)]
#[cfg_attr(debug_assertions, folder = "$CARGO_MANIFEST_DIR/../../web/console/dist")]
#[cfg_attr(not(debug_assertions), folder = "$CARGO_MANIFEST_DIR/../../web/console/packed")]
#[allow_missing = true]
struct Files;

#[cfg(feature = "embed-web")]
#[derive(rust_embed::RustEmbed)]
#[cfg_attr(debug_assertions, folder = "$CARGO_MANIFEST_DIR/../../web/mobile/dist")]
#[cfg_attr(not(debug_assertions), folder = "$CARGO_MANIFEST_DIR/../../web/mobile/packed")]
#[allow_missing = true]
struct MobileFiles;

/// Bytes of a file with the hash they are known by.
struct File {
    bytes: std::borrow::Cow<'static, [u8]>,
    hash: String,
}

#[cfg(feature = "embed-web")]
fn file(name: &str) -> Option<File> {
    let file = match name.strip_prefix("m/") {
        Some(name) => <MobileFiles as rust_embed::RustEmbed>::get(name)?,
        None => <Files as rust_embed::RustEmbed>::get(name)?,
    };
    let hash = hex::encode(&file.metadata.sha256_hash()[..12]);
    Some(File { bytes: file.data, hash })
}

#[cfg(not(feature = "embed-web"))]
fn file(_name: &str) -> Option<File> {
    None
}

/// Serves the page.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError(Problem::new(
            ProblemKind::NotFound,
            "request.not_found",
            "没有这个接口。",
            "There is no such call.",
        ))
        .into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    // The scope of the phone's service worker begins after the slash.
    if path == "m" {
        return Redirect::permanent("/m/").into_response();
    }
    let shell = shell(path);
    let name = if path.is_empty() { shell } else { path };
    if let Some(response) = answer(name, &headers) {
        return response;
    }
    // A missing asset is missing; any other address belongs to the page's own router.
    if name.starts_with("assets/") || name.starts_with("m/assets/") || name.contains("..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    answer(shell, &headers).unwrap_or_else(not_built)
}

/// Which page an address belongs to.
fn shell(path: &str) -> &'static str {
    match path.split('/').next().unwrap_or_default() {
        "m" if path.starts_with("m/preview/") => "m/preview.html",
        "m" => "m/index.html",
        "q" => "m/q.html",
        "r" => "m/r.html",
        _ => "index.html",
    }
}

fn answer(name: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (file, packed) = match file(name) {
        Some(file) => (file, false),
        None => {
            let packed = file(&format!("{name}.gz"))?;
            if takes_gzip(accepted) { (packed, true) } else { (unpacked(&packed)?, false) }
        }
    };
    let tag = format!("\"{}\"", file.hash);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { file.bytes.into_owned().into_response() };
    let kept = if name.starts_with("assets/") || name.starts_with("m/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let (encoding, weight) = one.split_once(';').unwrap_or((one, ""));
        ["gzip", "*"].contains(&encoding.trim()) && !["q=0", "q=0.0"].contains(&weight.trim())
    })
}

/// A file that is carried packed, for whoever takes it only as it is.
fn unpacked(packed: &File) -> Option<File> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed.bytes.as_ref()).read_to_end(&mut bytes).ok()?;
    Some(File { bytes: bytes.into(), hash: format!("{}-plain", packed.hash) })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What stands where the page would, when it was not built in.
fn not_built() -> Response {
    const TEXT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>Linli 邻里</title>\
        <p>这个程序没有内置网页。请运行 <code>make web</code> 后用 <code>cargo build</code>(默认特性 embed-web)重新构建。</p>\
        <p>This program was built without the page. Run <code>make web</code>, then <code>cargo build</code> \
        (default feature embed-web). The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>";
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (kind, TEXT).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_no_gzip_gets_the_file_itself() {
        let takers = ["gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "*"];
        assert!(takers.into_iter().all(takes_gzip));
        assert!(!["", "identity", "br", "gzip;q=0"].into_iter().any(takes_gzip));
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, b"const a = 1").unwrap();
        let packed = File { bytes: packer.finish().unwrap().into(), hash: "0".into() };
        assert_eq!(unpacked(&packed).unwrap().bytes.as_ref(), b"const a = 1");
    }

    #[test]
    fn each_address_belongs_to_its_page() {
        let pages = [
            ("", "index.html"),
            ("registers/people/resident", "index.html"),
            ("m/", "m/index.html"),
            ("m/visit/1", "m/index.html"),
            ("m/preview/1", "m/preview.html"),
            ("q/token", "m/q.html"),
            ("r", "m/r.html"),
            ("r/230103013010/report", "m/r.html"),
            ("registers", "index.html"),
        ];
        for (path, page) in pages {
            assert_eq!(shell(path), page, "{path}");
        }
    }
}
