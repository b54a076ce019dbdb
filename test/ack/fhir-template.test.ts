import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowJson } from '../engine/protocol';
import { listen } from '../sandbox/servers';
import { lineRoche } from './support';

const TEMPLATE = join(__dirname, '../../templates/roche-fhir-observations.json');
const ACK = 'Roche Notification ACK';
const OBSERVATIONS = 12_000;
const roche = lineRoche();

/** Starts the hospital's system, which records the requests and how many were concurrent. */
async function receiver(refused?: string) {
	const bodies: string[] = [];
	const keys: unknown[] = [];
	let [open, most] = [0, 0];
	const server = createServer((request, response) => {
		open += 1;
		most = Math.max(most, open);
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			open -= 1;
			bodies.push(Buffer.concat(chunks).toString());
			keys.push(request.headers['idempotency-key']);
			const status = refused !== undefined && String(keys.at(-1)).endsWith(refused) ? 422 : 201;
			response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"stored"}');
		});
	});
	const url = `http://127.0.0.1:${await listen(server)}/`;
	return { url, bodies, keys, most: () => most, close: () => server.close() };
}

async function run(file: { key: string }, url: string) {
	const template = JSON.parse(readFileSync(TEMPLATE, 'utf8')) as WorkflowJson;
	const { notification, operationId } = await roche.sandbox.notify({ objectKey: file.key });
	const nodes = template.nodes.map((node): INode => {
		const parameters = node.parameters.url === undefined ? node.parameters : { ...node.parameters, url };
		return { ...node, id: node.name, parameters };
	});
	const trigger = nodes.find(({ type }) => type.endsWith('.rocheNotificationTrigger'))?.name ?? '';
	const done = await roche.engine.runWorkflow({
		workflow: { ...template, nodes, pinData: { [trigger]: [{ json: { ...notification, operationId } }] } },
		credentials: { rochePartnersServicesApi: { ...roche.sandbox.info.credential } },
		binaryMode: 'filesystem',
		startNode: trigger,
	});
	return { done, id: notification.MessageId };
}

interface Bundle {
	entry: Array<{ resource: { id: string } }>;
}

describe('the template for observations', () => {
	it(`delivers ${OBSERVATIONS} in parts, one request at a time, and acknowledges once`, async () => {
		const { url, bodies, keys, most, close } = await receiver();
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: OBSERVATIONS });
		const { done, id } = await run(file, url);
		close();
		expect(done.error?.message).toBeUndefined();
		const ids = bodies.flatMap((body) => (JSON.parse(body) as Bundle).entry.map(({ resource }) => resource.id));
		expect(new Set(ids).size).toBe(OBSERVATIONS);
		expect([ids.length, most()]).toEqual([OBSERVATIONS, 1]);
		expect(keys).toEqual(Array.from({ length: 24 }, (_, part) => `${id}-${part + 1}`));
		expect(await roche.acknowledged()).toContain(id);
	});

	it('delivers 5.60 as 5.60', async () => {
		const { url, bodies, close } = await receiver();
		const text = '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation","value":5.60}}]}';
		const base64 = Buffer.from(text).toString('base64');
		const contentType = 'application/json';
		const { id } = await run(await roche.sandbox.addFile({ kind: 'content', key: 'a.json', base64, contentType }), url);
		close();
		expect(bodies).toEqual([expect.stringContaining('"value":5.60}')]);
		expect(await roche.acknowledged()).toContain(id);
	});

	it('does not acknowledge if a part in the middle is refused', async () => {
		const { url, bodies, close } = await receiver('-2');
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 1400, seed: 3 });
		const { done, id } = await run(file, url);
		close();
		// n8n 1.x does not change the status.
		expect(done.error).toBeDefined();
		expect(bodies).toHaveLength(2);
		expect(done.executed).not.toContain(ACK);
		expect(await roche.acknowledged()).not.toContain(id);
	});

	it.each([
		['nothing', '[]', true],
		['something else', '[{"resource":{"resourceType":"MedicationAdministration"}}]', false],
	])('acknowledges a bundle of %s: %s, %s', async (_what, entries, acknowledged) => {
		const { url, bodies, close } = await receiver();
		const base64 = Buffer.from(`{"resourceType":"Bundle","entry":${entries}}`).toString('base64');
		const contentType = 'application/json';
		const { id } = await run(await roche.sandbox.addFile({ kind: 'content', key: 'b.json', base64, contentType }), url);
		close();
		expect(bodies).toEqual([]);
		expect((await roche.acknowledged()).includes(id)).toBe(acknowledged);
	});
});
