//! Other names that columns, types and answers go by.

use super::headers::Scheme;

/// A name in snake case and what it stands for.
pub(super) type Alias = (&'static str, &'static [&'static str]);

/// The survey sheet.
pub(super) const SURVEY: Scheme = Scheme {
    aliases: &[
        ("sms_field", &["sms_field"]),
        ("sms_option", &["sms_option"]),
        ("sms_separator", &["sms_separator"]),
        ("sms_allow_media", &["sms_allow_media"]),
        ("sms_date_format", &["sms_date_format"]),
        ("sms_datetime_format", &["sms_datetime_format"]),
        ("sms_response", &["sms_response"]),
        ("compact_tag", &["instance", "odk:tag"]),
        ("read_only", &["bind", "readonly"]),
        ("readonly", &["bind", "readonly"]),
        ("relevant", &["bind", "relevant"]),
        ("caption", &["label"]),
        ("appearance", &["control", "appearance"]),
        ("relevance", &["bind", "relevant"]),
        ("required", &["bind", "required"]),
        ("constraint", &["bind", "constraint"]),
        ("constraining_message", &["bind", "jr:constraintMsg"]),
        ("constraint_message", &["bind", "jr:constraintMsg"]),
        ("calculation", &["bind", "calculate"]),
        ("calculate", &["bind", "calculate"]),
        ("command", &["type"]),
        ("tag", &["name"]),
        ("value", &["name"]),
        ("image", &["media", "image"]),
        ("big-image", &["media", "big-image"]),
        ("audio", &["media", "audio"]),
        ("video", &["media", "video"]),
        ("count", &["control", "jr:count"]),
        ("repeat_count", &["control", "jr:count"]),
        ("jr:count", &["control", "jr:count"]),
        ("autoplay", &["control", "autoplay"]),
        ("rows", &["control", "rows"]),
        ("noapperrorstring", &["bind", "jr:noAppErrorString"]),
        ("no_app_error_string", &["bind", "jr:noAppErrorString"]),
        ("requiredmsg", &["bind", "jr:requiredMsg"]),
        ("required_message", &["bind", "jr:requiredMsg"]),
        ("body", &["control"]),
        ("save_to", &["bind", "entities:saveto"]),
        ("data_element", &["linli", "element"]),
    ],
    known: &[
        "name",
        "label",
        "default",
        "guidance_hint",
        "instance",
        "query",
        "sms_field",
        "trigger",
        "bind",
        "choice_filter",
        "control",
        "hint",
        "media",
        "parameters",
        "type",
        "choices",
        "itemset",
        "list_name",
        "linli",
    ],
    required: &["type"],
};

const LIST_ALIASES: &[Alias] = &[
    ("caption", &["label"]),
    ("list_name", &["list name"]),
    ("value", &["name"]),
    ("image", &["media", "image"]),
    ("big-image", &["media", "big-image"]),
    ("audio", &["media", "audio"]),
    ("video", &["media", "video"]),
];
const LIST_COLUMNS: &[&str] = &["name", "label", "media", "sms_option"];

/// The choices sheet.
pub(super) const CHOICES: Scheme = Scheme { aliases: LIST_ALIASES, known: LIST_COLUMNS, required: &["name"] };

/// The external_choices and the osm sheet.
pub(super) const LISTS: Scheme = Scheme { aliases: LIST_ALIASES, known: LIST_COLUMNS, required: &[] };

/// The entities sheet.
pub(super) const ENTITIES: Scheme = Scheme {
    aliases: &[("list_name", &["dataset"])],
    known: &["dataset", "entity_id", "create_if", "update_if", "repeat", "label"],
    required: &[],
};

/// The settings sheet.
pub(super) const SETTINGS: Scheme = Scheme {
    aliases: &[
        ("form_title", &["title"]),
        ("set_form_title", &["title"]),
        ("form_id", &["id_string"]),
        ("set_form_id", &["id_string"]),
        ("prefix", &["prefix"]),
    ],
    known: &[
        "name",
        "label",
        "bind",
        "control",
        "hint",
        "media",
        "type",
        "instance",
        "flat",
        "add_none_option",
        "clean_text_values",
        "attribute",
        "auto_delete",
        "auto_send",
        "choices",
        "default_language",
        "file_name",
        "id_string",
        "instance_name",
        "instance_xmlns",
        "namespaces",
        "omit_instanceID",
        "public_key",
        "sms_allow_media",
        "sms_date_format",
        "sms_datetime_format",
        "sms_keyword",
        "sms_response",
        "sms_separator",
        "style",
        "submission_url",
        "title",
        "version",
        "allow_choice_duplicates",
        "client_editable",
        "delimiter",
        "prefix",
        "entity_version",
    ],
    required: &[],
};

/// What a question type typed on the survey sheet sets in the settings.
pub(super) fn setting(question_type: &str) -> Option<&'static str> {
    SETTINGS.aliases.iter().find(|(alias, _)| *alias == question_type).map(|(_, path)| path[0])
}

/// Kinds of container, in the order in which their names are tried.
pub(super) const CONTAINERS: [(&str, &str); 5] =
    [("group", "group"), ("lgroup", "repeat"), ("repeat", "repeat"), ("loop", "loop"), ("looped group", "repeat")];

/// Kinds of select, in the order in which their names are tried.
pub(super) const SELECTS: [(&str, &str); 15] = [
    ("add select one prompt using", "select one"),
    ("add select multiple prompt using", "select all that apply"),
    ("select all that apply from", "select all that apply"),
    ("select one from", "select one"),
    ("select1", "select one"),
    ("select_one", "select one"),
    ("select one", "select one"),
    ("select_multiple", "select all that apply"),
    ("select all that apply", "select all that apply"),
    ("select_one_external", "select one external"),
    ("select_one_from_file", "select one"),
    ("select_multiple_from_file", "select all that apply"),
    ("select one from file", "select one"),
    ("select multiple from file", "select all that apply"),
    ("rank", "rank"),
];

/// Whether a select reads its choices from a file.
pub(super) fn is_from_file(command: &str) -> bool {
    matches!(
        command,
        "select_one_from_file" | "select_multiple_from_file" | "select one from file" | "select multiple from file"
    )
}

/// The type that an older name stands for.
pub(super) fn question_type(name: &str) -> &str {
    match name {
        "imei" => "deviceid",
        "image" | "add image prompt" | "add photo prompt" => "photo",
        "add audio prompt" => "audio",
        "add video prompt" => "video",
        "add file prompt" => "file",
        other => other,
    }
}

/// `yes` and `no` as forms write them; `None` for anything else.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(false),
        _ => None,
    }
}

/// The XPath of a `yes` or `no` in a bind.
pub(super) fn bind_value(text: &str) -> Option<&'static str> {
    match yes_no(text) {
        Some(_) if text.ends_with(')') => None,
        Some(true) => Some("true()"),
        Some(false) => Some("false()"),
        None => None,
    }
}
