import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { EngineRun } from './engine-run';
import { Roche, type Step } from './roche';

/**
 * The output that n8n's editor shows of a node that has never run, so that its fields can be mapped: `__schema__/v<version>.json`
 * beside the node, or `__schema__/v<version>/<resource>/<operation>.json`. Created from the nodes' output here. After a change of an
 * output, `UPDATE_SCHEMAS=1 npx jest output-schemas` writes the files again.
 */
const NODES = join(__dirname, '../../nodes');
const UPDATE = process.env.UPDATE_SCHEMAS === '1';
const VERSION = 'v1.0.0';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/** The JSON schema of a value, in the form of n8n's own files. */
function schemaOf(value: unknown): Schema {
	if (Array.isArray(value)) return { type: 'array', ...(value.length > 0 && { items: schemaOf(value[0]) }) };
	if (value === null) return { type: 'null' };
	if (typeof value !== 'object') return { type: Number.isInteger(value) ? 'integer' : typeof value };
	const properties = Object.entries(value).map(([name, one]) => [name, schemaOf(one)] as const);
	return { type: 'object', properties: Object.fromEntries(properties) };
}

const folder = mkdtempSync(join(tmpdir(), 'roche-schemas-'));
const inbox = join(folder, 'inbox');
let roche: Roche;
beforeAll(async () => {
	roche = await Roche.start({}, { N8N_RESTRICT_FILE_ACCESS_TO: folder });
});
afterAll(async () => {
	await roche.stop();
	rmSync(folder, { recursive: true, force: true });
});

const seen = new Set<string>();

/** Compares, or writes. @param path - below `nodes/` */
function check(path: string, json: unknown): void {
	const file = join(NODES, path);
	seen.add(file);
	const schema = { ...schemaOf(json), version: 1 };
	// n8n ignores a schema without properties.
	expect(Object.keys(schema.properties ?? {})).not.toEqual([]);
	if (UPDATE) {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, `${JSON.stringify(schema, null, '\t')}\n`);
	}
	expect(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : path).toEqual(schema);
}

function step(operation: string, resource = 'file', options = {}): Step {
	const parameters = { resource, operation, folder: inbox, options };
	return { type: 'rocheInbox', name: `${resource} ${operation}`, parameters };
}

const note = (operation: string, options = {}): Step => step(operation, 'notification', options);

/** Claims a notification as soon as its run's lease has ended, and runs the steps with it. */
async function claimed(...steps: Step[]): Promise<EngineRun> {
	const claim = async () => await roche.run([{}], [note('claim'), ...steps]);
	let run = await claim();
	// A second at least, however many runs a fast machine makes in it.
	const end = Date.now() + 10_000;
	while (run.json('notification claim').length === 0 && Date.now() < end) run = await claim();
	return run;
}

async function item(): Promise<object> {
	const [made] = await roche.notifications(1);
	return made?.item ?? {};
}

const TOKEN: Step = { type: 'rocheGetToken' };
const FETCH: Step = { type: 'rocheS3Fetch' };
const ACK: Step = { type: 'rocheNotificationAck' };
const FOLDERS = {
	rocheGetToken: 'RocheGetToken',
	rocheS3Fetch: 'RocheS3Fetch',
	rocheNotificationAck: 'RocheNotificationAck',
};

describe('the schema of a node that has never run contains the fields that it outputs', () => {
	it.each(Object.entries(FOLDERS))('%s, after the trigger', async (type, node) => {
		const run = await roche.run([{ ...(await item()), receivedAt: '2026-01-01T00:00:00.000Z' }], [TOKEN, FETCH, ACK]);
		check(`${node}/__schema__/${VERSION}.json`, run.json(type)[0]);
	});

	it('rocheSandboxNotification', async () => {
		const parameters = { callbackUrl: 'http://127.0.0.1:9/webhook', callbackAuthentication: 'none' };
		const run = await roche.run([{}], [{ type: 'rocheSandboxNotification', parameters }]);
		check(`RocheSandboxNotification/__schema__/${VERSION}.json`, run.json('rocheSandboxNotification')[0]);
	});

	it('rocheInbox, each operation on files', async () => {
		const first = await roche.run([await item()], [TOKEN, FETCH, step('store')]);
		const report = await roche.run([{}], [step('report')]);
		const look = await roche.run(first.json('file store'), [step('look')]);
		const release = await roche.run([{}], [step('claim'), step('release')]);
		await roche.run([await item()], [TOKEN, FETCH, step('store')]);
		const done = await roche.run([{}], [step('claim'), step('done')]);
		const runs = { store: first, report, look, claim: done, release, done };
		for (const [operation, run] of Object.entries(runs)) {
			check(`RocheInbox/__schema__/${VERSION}/file/${operation}.json`, run.json(`file ${operation}`)[0]);
		}
	});

	it('rocheInbox, each operation on notifications', async () => {
		const keep = await roche.run([await item()], [note('keep', { lease: 1 })]);
		const done = await claimed(TOKEN, FETCH, step('store'), ACK, note('done'));
		await roche.run([await item()], [note('keep', { lease: 1 })]);
		const release = await claimed(note('release'));
		for (const [operation, run] of Object.entries({ keep, claim: done, release, done })) {
			const path = `RocheInbox/__schema__/${VERSION}/notification/${operation}.json`;
			check(path, run.json(`notification ${operation}`)[0]);
		}
	});

	it('there are no other schema files', () => {
		const files = readdirSync(NODES, { recursive: true, encoding: 'utf8' }).filter((path) =>
			/__schema__.*json$/.test(path),
		);
		expect(files.sort()).toEqual([...seen].map((file) => relative(NODES, file)).sort());
	});
});
