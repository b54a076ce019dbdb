import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowJson } from './protocol';

const folder = join(__dirname, '..', '..', 'templates');
const templates = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowJson & { id?: string };

const ACK = 'Roche Notification ACK';
const HAND_OFF = 'Hand the file to the EMR';

/** In these a failure returns the file to the inbox, which makes it available again: see the tests of the inbox's templates. */
const OF_INBOX = ['roche-inbox-receive.json', 'roche-inbox-forward.json'];

/** A step whose failure does not matter: usually there is no earlier delivery to remove. */
const OPTIONAL: Record<string, string | undefined> = { 'roche-report-to-sftp.json': 'Remove an earlier delivery' };

/** Keys that are not just the message id: several requests for one message, and files without a message. */
const IDEMPOTENCY_KEYS: Record<string, string> = {
	'roche-backlog.json': '={{ $json.file.sha256 }}',
	'roche-fhir-observations.json': '={{ $json.MessageId }}-{{ $json.part.number }}',
	'roche-fhir-server.json': '={{ $json.MessageId }}-{{ $json.part.number }}',
};

describe.each(templates)('the template %s', (file) => {
	const template = read(file);

	it('contains no ids, credentials or pinned data of the instance in which it was made', () => {
		expect(Object.keys(template).sort()).toEqual(['active', 'connections', 'name', 'nodes', 'settings']);
		for (const node of template.nodes) {
			expect(Object.keys(node)).not.toContain('credentials');
		}
	});

	it('gives its webhooks an id, without which n8n would put the ids of workflow and node into their URL', () => {
		for (const node of template.nodes.filter(({ type }) => /\.(webhook|rocheNotificationTrigger)$/.test(type))) {
			expect(node.webhookId).toMatch(/^[0-9a-f-]{36}$/);
		}
	});

	it('saves no execution that succeeded, and explains itself on sticky notes', () => {
		expect(template.settings).toMatchObject({
			saveDataSuccessExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		});
		expect(template.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote').length).toBeGreaterThan(1);
	});

	it('has no path from a failure to the ACK', () => {
		const errorOutputs = template.nodes
			.filter(({ onError }) => onError === 'continueErrorOutput')
			.flatMap(({ name }) => template.connections[name]?.main?.[1] ?? []);
		expect(errorOutputs.map(({ node }) => node)).not.toContain(ACK);
		const continuing = template.nodes.filter(({ onError }) => onError === 'continueRegularOutput');
		expect(continuing.map(({ name }) => name)).toEqual([OPTIONAL[file] ?? []].flat());
	});

	it('connects error outputs only to a step that repeats the work, which n8n’s Retry then runs again', () => {
		if (OF_INBOX.includes(file)) return;
		for (const { name } of template.nodes.filter(({ onError }) => onError === 'continueErrorOutput')) {
			const way = new Set([name]);
			for (const step of way) {
				const next = template.connections[step]?.main?.[step === name ? 1 : 0] ?? [];
				for (const { node } of next) way.add(node);
			}
			const again = [...way].slice(1).flatMap((step) => template.nodes.filter((node) => node.name === step));
			const failing = again.find(({ type }) => /\.(rocheS3Fetch|rocheGetToken)$/.test(type));
			expect(failing?.onError).toBeUndefined();
			expect(failing?.type).toBe(template.nodes.find((node) => node.name === name)?.type);
		}
	});

	it('names only existing steps in its notes and expressions', () => {
		const names = template.nodes.map(({ name }) => name);
		const used = [...JSON.stringify(template.nodes).matchAll(/\$\('([^']+)'\)/g)].map(([, name]) => name);
		expect(names).toEqual(expect.arrayContaining(used));
	});
});

describe.each(templates.filter((file) => read(file).nodes.some(({ name }) => name === ACK)))(
	'the template %s, which acknowledges',
	(file) => {
		const { nodes } = read(file);

		it('leaves nothing to fill in at the ACK', () => {
			const optionalSteps = OPTIONAL[file];
			const options = optionalSteps === undefined ? {} : { optionalSteps };
			expect(nodes.find(({ name }) => name === ACK)?.parameters).toEqual({ source: 'notification', options });
		});

		it("stops at the failed step, so n8n's Retry repeats it", () => {
			if (OF_INBOX.includes(file)) return;
			const others = nodes.filter(({ name }) => name !== OPTIONAL[file]);
			expect(others.filter(({ onError }) => onError !== undefined)).toEqual([]);
		});
	},
);

describe.each(templates.filter((file) => read(file).nodes.some(({ name }) => name === HAND_OFF)))(
	'the hand-off of the template %s',
	(file) => {
		const handOff = read(file).nodes.find(({ name }) => name === HAND_OFF);
		const { url, headerParameters } = handOff?.parameters ?? {};

		it('fails, which stops the run, until an analyst has replaced it', () => {
			expect(handOff?.onError).toBe(OF_INBOX.includes(file) ? 'continueErrorOutput' : undefined);
			// RFC 2606 keeps ".invalid" for names that never exist.
			if (typeof url === 'string') expect(new URL(url).hostname).toMatch(/\.invalid$/);
			else {
				const settings = read(file).nodes.find(({ name }) => name === 'Settings');
				expect(JSON.stringify(settings?.parameters)).toContain('"=/replace/this/folder/');
			}
		});

		it('sends an Idempotency-Key if it is an HTTP request', () => {
			if (handOff?.type !== 'n8n-nodes-base.httpRequest') return;
			const { parameters } = headerParameters as { parameters: Array<{ name: string; value: string }> };
			const [key, ...others] = parameters;
			expect(key).toEqual({ name: 'Idempotency-Key', value: IDEMPOTENCY_KEYS[file] ?? '={{ $json.MessageId }}' });
			expect(others.map(({ name }) => name)).toEqual(file === 'roche-fhir-server.json' ? ['Prefer'] : []);
		});
	},
);

it('every template that fetches a file delivers it, or calls the one that does', () => {
	const fetching = templates.filter((file) => read(file).nodes.some(({ type }) => type.endsWith('.rocheS3Fetch')));
	const without = fetching.filter((file) => !read(file).nodes.some(({ name }) => name === HAND_OFF));
	expect(without).toEqual(['roche-deliver-then-acknowledge.json', 'roche-inbox-receive.json']);
	expect(read('roche-deliver.json').nodes.map(({ name }) => name)).toContain(HAND_OFF);
});

describe('the templates that call a delivery workflow', () => {
	const { nodes, connections } = read('roche-deliver-then-acknowledge.json');
	const call = nodes.find(({ type }) => type === 'n8n-nodes-base.executeWorkflow');
	const loop = nodes.find(({ type }) => type === 'n8n-nodes-base.splitInBatches');

	it('call it once per message, wait for its end, and acknowledge before the next message', () => {
		expect(loop?.parameters.batchSize).toBe(1);
		expect(call?.parameters).toMatchObject({ mode: 'once', options: { waitForSubWorkflow: true } });
		expect(call?.alwaysOutputData).toBe(true);
		const next = (name = '', output = 0) => connections[name]?.main?.[output]?.map(({ node }) => node);
		expect(next(loop?.name, 1)).toEqual([call?.name]);
		expect(next(call?.name)).toEqual([ACK]);
		expect(next(ACK)).toEqual([loop?.name]);
	});

	it('select no workflow, because its id differs in every n8n', () => {
		expect(call?.parameters.workflowId).toMatchObject({ value: '' });
	});

	it('pass the file on to the delivery', () => {
		const start = read('roche-deliver.json').nodes.find(({ type }) => type.endsWith('.executeWorkflowTrigger'));
		expect(start?.parameters).toEqual({ inputSource: 'passthrough' });
	});
});

describe("the inbox's templates", () => {
	const INBOX = /\.rocheInbox$/;
	const all = ['roche-inbox-receive.json', 'roche-inbox-forward.json', 'roche-inbox-watch.json'].map(read);
	const next = (file: string, name: string, output = 0) =>
		read(file).connections[name]?.main?.[output]?.map(({ node }) => node);

	it('use the same folder', () => {
		const folders = all.flatMap(({ nodes }) =>
			nodes.filter(({ type }) => INBOX.test(type)).map(({ parameters }) => parameters.folder),
		);
		expect(folders.length).toBeGreaterThan(8);
		expect(new Set(folders)).toEqual(new Set(['/data/roche-inbox']));
	});

	it.each(OF_INBOX)('%s returns every failed file to the inbox, and nothing else leads there', (file) => {
		const { nodes } = read(file);
		const releasing = nodes.filter(({ parameters }) => parameters.operation === 'release').map(({ name }) => name);
		expect(releasing).toHaveLength(1);
		for (const { name, onError } of nodes) {
			expect(next(file, name, 1) ?? []).toEqual(onError === undefined ? [] : releasing);
			expect(next(file, name, 0) ?? []).not.toEqual(expect.arrayContaining(releasing));
		}
	});

	it('acknowledge only stored files, and mark them as acknowledged', () => {
		const file = 'roche-inbox-receive.json';
		const store = read(file).nodes.find(({ parameters }) => parameters.operation === 'store');
		expect(store?.onError).toBeUndefined();
		expect(next(file, store?.name ?? '')).toEqual([ACK]);
		const before = read(file).nodes.filter(({ name }) => next(file, name)?.includes(ACK));
		expect(before.map(({ name }) => name)).toEqual([store?.name]);
	});

	it('send the EMR at most 10 files at once, and mark a file before its lease ends', () => {
		const { nodes } = read('roche-inbox-forward.json');
		const claim = nodes.find(({ parameters }) => parameters.operation === 'claim');
		expect(claim?.parameters).toMatchObject({ most: 10, options: {} });
		const { timeout } = nodes.find(({ name }) => name === HAND_OFF)?.parameters.options as { timeout: number };
		expect(timeout).toBeLessThan(600_000);
	});
});

describe('the template for the webhook', () => {
	const { nodes } = read('roche-notification-webhook.json');

	it('accepts no caller without a credential', () => {
		const trigger = nodes.find(({ type }) => type.endsWith('.rocheNotificationTrigger'));
		expect(trigger?.parameters.authentication).toBe('credential');
	});
});
