// Starts the real binary on a free loopback port over a fresh copy of the demo city.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.LINLI_BIN;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The community of the sample ledger: 焊接社区. */
export const community = '230103013010';

let demo;

/** A data folder with the demo city; made once a run (LINLI_E2E_DEMO) or test process, copied for each server. */
function demoCopy() {
  demo ??= process.env.LINLI_E2E_DEMO;
  if (!demo) {
    demo = mkdtempSync(join(tmpdir(), 'linli-e2e-demo-'));
    execFileSync(binary, ['demo', '--data', demo], { stdio: 'ignore' });
    process.on('exit', () => rmSync(demo, { recursive: true, force: true }));
  }
  const copy = mkdtempSync(join(tmpdir(), 'linli-e2e-'));
  cpSync(demo, copy, { recursive: true });
  return copy;
}

/**
 * Starts `linli serve`; answers its address, its data folder and how to stop it. `config`: text of its `linli.toml`;
 * `change`: changes the data folder before it starts, as a city changes its packs.
 */
export async function startServer({ database, config, change } = {}) {
  const data = database ? mkdtempSync(join(tmpdir(), 'linli-e2e-')) : demoCopy();
  const place = ['--data', data, ...(database ? ['--database', database] : [])];
  if (database) execFileSync(binary, ['demo', ...place], { stdio: 'ignore' });
  if (config) writeFileSync(join(data, 'linli.toml'), config);
  if (change) {
    change(data);
    execFileSync(binary, ['migrate', ...place], { stdio: 'ignore' });
  }
  const port = await freePort();
  const child = spawn(binary, ['serve', ...place, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const healthy = await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false);
    if (healthy) break;
    if (tries > 300 || child.exitCode !== null) throw new Error(`linli did not start:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    data,
    sample: (part) => join(data, 'samples', readdirSync(join(data, 'samples')).sort().find((name) => name.includes(part))),
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => {
          rmSync(data, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}
