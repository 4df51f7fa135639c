// Cases as the tests need them: made by the API, in the name of whoever is signed in to the page.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api } from './steps.mjs';

/** The first grid of the sample ledger's community. */
export const grid = '2301030130100001001';

/** Opens a case; answers it as its page has it. */
export async function openCase(page, flow, area, values) {
  const made = await api(page, '/api/cases', { flow, area, values, client_id: randomUUID() });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

/** Does something to a case as it is now. */
export async function act(page, id, action, { values, note, assign } = {}) {
  const { body: now } = await api(page, `/api/cases/${id}`);
  const body = { version: now.version, client_id: randomUUID(), values, note, assign };
  const done = await api(page, `/api/cases/${id}/actions/${action}`, body);
  assert.equal(done.status, 200, `${action}: ${JSON.stringify(done.body)}`);
  return done.body;
}

/** A grid event that waits for being dispatched. */
export async function filedEvent(community, text) {
  const one = await openCase(community, 'grid/incident', grid, { text, kind: '0401', address: '焊研小区门前' });
  await act(community, one.id, 'verify', { values: { site_note: '现场情况属实' } });
  return act(community, one.id, 'file', { values: { demand: '请按时限处置' } });
}

/** Id of a unit whose name has `part`. */
export async function unitCalled(page, part) {
  const { body } = await api(page, '/api/records/network/unit?limit=50');
  const found = body.items.find((one) => one.title.includes(part));
  assert.ok(found, `${part} among ${body.items.map((one) => one.title)}`);
  return { id: found.id, name: found.title };
}
