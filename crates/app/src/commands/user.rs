//! `linli user add`.

use std::{io::Read, process::ExitCode};

use linli_engine::{
    Engine,
    access::{self, GrantInput, NewAccount},
};

use super::{open_existing, refusal, runtime};
use crate::{
    options::UserCommand,
    output::{Refusal, Voice},
};

/// Makes an account; its password comes from standard input, so that it is in no process list and no history.
pub fn run(voice: Voice, command: UserCommand) -> Result<ExitCode, Refusal> {
    let UserCommand::Add { place, role, area, login, name } = command;
    let engine = open_existing(voice, &place)?;
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .map_err(|cause| Refusal::new("password.unreadable", cause.to_string()))?;
    let account = NewAccount {
        login,
        name,
        password: Some(password.trim_end_matches(['\r', '\n']).to_owned()),
        grants: vec![GrantInput { role, area }],
        oidc_subject: None,
    };
    let made = runtime()?
        .block_on(access::create_account(&engine, &Engine::operator(), account, None))
        .map_err(|problem| refusal(voice, &problem))?;
    voice.answer(voice.lang.pick("账号已建立。", "The account was made."), &made);
    Ok(ExitCode::SUCCESS)
}
