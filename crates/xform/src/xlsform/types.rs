//! What each question type is in an XForm: control, data type, preload.

/// What a question type stands for before its row changes anything.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TypeInfo {
    /// The control's element; `None` for types that ask nothing.
    pub(super) tag: Option<&'static str>,
    /// The media type of uploads.
    pub(super) mediatype: Option<&'static str>,
    /// Attributes of the bind, `None` when there is no bind.
    pub(super) bind: Option<&'static [(&'static str, &'static str)]>,
    /// A hint that the type brings.
    pub(super) hint: Option<&'static str>,
}

type Bind = &'static [(&'static str, &'static str)];

const fn control(tag: &'static str, bind: Bind) -> TypeInfo {
    TypeInfo { tag: Some(tag), mediatype: None, bind: Some(bind), hint: None }
}

const fn data(bind: Bind) -> TypeInfo {
    TypeInfo { tag: None, mediatype: None, bind: Some(bind), hint: None }
}

const fn upload(mediatype: &'static str) -> TypeInfo {
    TypeInfo { tag: Some("upload"), mediatype: Some(mediatype), bind: Some(&[("type", "binary")]), hint: None }
}

const fn hinted(bind: Bind, hint: &'static str) -> TypeInfo {
    TypeInfo { tag: Some("input"), mediatype: None, bind: Some(bind), hint: Some(hint) }
}

macro_rules! preload {
    ($kind:literal, $type:literal, $params:literal) => {
        data(&[("jr:preload", $kind), ("type", $type), ("jr:preloadParams", $params)])
    };
}

const STRING: Bind = &[("type", "string")];
const NOTE: Bind = &[("readonly", "true()"), ("type", "string")];
const GEOPOINT: Bind = &[("type", "geopoint")];

/// The dictionary; `None` for a type that does not exist.
pub(super) fn lookup(name: &str) -> Option<TypeInfo> {
    Some(match name {
        "text" | "string" | "q string" | "add text prompt" | "select one external" => control("input", STRING),
        "integer" | "int" | "q int" | "add integer prompt" => control("input", &[("type", "int")]),
        "decimal" | "q decimal" | "add decimal prompt" => control("input", &[("type", "decimal")]),
        "date" | "q date" | "add date prompt" => control("input", &[("type", "date")]),
        "time" => control("input", &[("type", "time")]),
        "dateTime"
        | "datetime"
        | "date time"
        | "q dateTime"
        | "q date time"
        | "add dateTime prompt"
        | "add date time prompt" => control("input", &[("type", "dateTime")]),
        "note" | "q note" | "add note prompt" => control("input", NOTE),
        "barcode" | "q barcode" | "add barcode prompt" => control("input", &[("type", "barcode")]),
        "geopoint" | "gps" | "location" | "q geopoint" | "q location" | "add location prompt" => {
            control("input", GEOPOINT)
        }
        "geoshape" | "q geoshape" => control("input", &[("type", "geoshape")]),
        "geotrace" | "q geotrace" => control("input", &[("type", "geotrace")]),
        "photo" | "image" | "q picture" | "q image" | "add image prompt" => upload("image/*"),
        "audio" | "q audio" | "add audio prompt" => upload("audio/*"),
        "video" | "q video" | "add video prompt" => upload("video/*"),
        "file" | "add file prompt" => upload("application/*"),
        "osm" => upload("osm/*"),
        "acknowledge" | "q acknowledge" | "add acknowledge prompt" => control("trigger", STRING),
        "trigger" => TypeInfo { tag: Some("trigger"), ..TypeInfo::default() },
        "select one" | "select one using" | "q select1" | "add select one prompt using" => control("select1", STRING),
        "select all that apply"
        | "select all that apply from"
        | "select multiple from"
        | "select multiple using"
        | "q select"
        | "add select multiple prompt using" => control("select", STRING),
        "rank" => control("odk:rank", &[("type", "odk:rank")]),
        "range" => control("range", &[("type", "int")]),
        "percentage" => control("input", &[("type", "int"), ("constraint", "0 <= . and . <= 100")]),
        "phone number" => hinted(&[("type", "string"), ("constraint", "regex(., '^\\d*$')")], "Enter numbers only."),
        "number of days in last month" => {
            hinted(&[("type", "int"), ("constraint", "0 <= . and . <= 31")], "Enter a number 0-31.")
        }
        "number of days in last six months" => {
            hinted(&[("type", "int"), ("constraint", "0 <= . and . <= 183")], "Enter a number 0-183.")
        }
        "number of days in last year" => {
            hinted(&[("type", "int"), ("constraint", "0 <= . and . <= 365")], "Enter a number 0-365.")
        }
        "calculate" | "q calculate" | "add calculate prompt" | "hidden" => data(STRING),
        "audit" => data(&[("type", "binary")]),
        "start-geopoint" => control("action", GEOPOINT),
        "background-audio" => control("action", &[("type", "binary")]),
        "background-geopoint" => control("trigger", GEOPOINT),
        other => return preloaded(other),
    })
}

/// Types that a device fills in by itself.
fn preloaded(name: &str) -> Option<TypeInfo> {
    Some(match name {
        "start" | "start time" | "get start time" => preload!("timestamp", "dateTime", "start"),
        "end" | "end time" | "get end time" => preload!("timestamp", "dateTime", "end"),
        "today" | "get today" => preload!("date", "date", "today"),
        "deviceid" | "device id" | "get device id" | "imei" => preload!("property", "string", "deviceid"),
        "subscriberid" | "subscriber id" | "get subscriber id" => preload!("property", "string", "subscriberid"),
        "simserial" | "sim id" | "get sim id" => preload!("property", "string", "simserial"),
        "phonenumber" | "get phone number" => preload!("property", "string", "phonenumber"),
        "username" => preload!("property", "string", "username"),
        "email" => preload!("property", "string", "email"),
        "uri:subscriberid" => preload!("property", "string", "uri:subscriberid"),
        "uri:phonenumber" => preload!("property", "string", "uri:phonenumber"),
        "uri:simserial" => preload!("property", "string", "uri:simserial"),
        "uri:deviceid" => preload!("property", "string", "uri:deviceid"),
        "uri:username" => preload!("property", "string", "uri:username"),
        "uri:email" => preload!("property", "string", "uri:email"),
        _ => return None,
    })
}
