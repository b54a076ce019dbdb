import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { Roche } from '../engine/roche';

const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
const MB = 1024 * 1024;
const roche = Roche.forAllTests();

interface Bundle {
	type: string;
	entry: Array<{ resource: { resourceType: string; id: string } }>;
}

async function message(observations: number, more: object = {}): Promise<IDataObject> {
	const file = await roche.sandbox.addFile({ kind: 'bundle', observations, ...more });
	const { notification, operationId } = await roche.sandbox.notify({ objectKey: file.key });
	return { ...notification, operationId };
}

const parts = (more: object = {}) => ({ type: FETCH, parameters: { output: 'fhirParts', ...more } }) as const;

async function inParts(item: IDataObject, more: object = {}) {
	return await roche.run([item], [parts(more)], { binaryMode: 'filesystem' });
}

describe('FHIR Bundle in Parts', () => {
	it('outputs one item for each part, linked to the message, without health data in the JSON', async () => {
		const items = [await message(12), await message(3, { contentEncoding: 'gzip' })];
		const run = await roche.run(items, [parts({ partSize: 5, resourceTypes: 'Observation, Device' })]);
		expect(run.json(FETCH).map(({ part }) => part)).toEqual([
			{ number: 1, resources: 5, types: ['Observation'], last: false },
			{ number: 2, resources: 5, types: ['Observation'], last: false },
			{ number: 3, resources: 2, types: ['Observation'], last: true },
			{ number: 1, resources: 3, types: ['Observation'], last: true },
		]);
		expect(run.items(FETCH).map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 0, 1].map((item) => ({ item })));
		expect(JSON.stringify(run.json(FETCH))).not.toMatch(/mmol|SandboxPat|valueQuantity/);
		const [first] = run.items(FETCH);
		expect(first?.binary?.data).toMatchObject({ mimeType: 'application/fhir+json', fileExtension: 'json' });
		const bundle = JSON.parse(String(await roche.engine.readBinary(first?.binary?.data))) as Bundle;
		expect([bundle.type, bundle.entry.length]).toEqual(['collection', 5]);
	});

	it('acknowledges the message after all parts are delivered, but not if one of them failed', async () => {
		const item = await message(12);
		const run = await roche.run([item], [parts({ partSize: 5 }), { type: ACK }]);
		expect(run.error?.message).toBeUndefined();
		expect(await roche.acknowledged()).toContain(item.MessageId);
		const other = await message(12, { seed: 2 });
		const failures = JSON.stringify([{ index: 1, as: 'json', message: 'refused' }]);
		const failing = { type: 'test.fail', parameters: { failures } } as const;
		const failed = await roche.run([other], [parts({ partSize: 5 }), failing, { type: ACK }]);
		expect(failed.status).not.toBe('success');
		expect(await roche.acknowledged()).not.toContain(other.MessageId);
	});

	it('outputs one item without binary data if there is no such resource', async () => {
		const run = await inParts(await message(2), { resourceTypes: 'MedicationStatement' });
		expect(run.items(FETCH)).toHaveLength(1);
		expect(run.items(FETCH)[0]?.binary).toBeUndefined();
		expect(run.json(FETCH)[0]?.part).toEqual({
			number: 1,
			resources: 0,
			types: ['Observation', 'Patient'],
			last: true,
		});
	});

	it('creates transactions that are identical in a second delivery', async () => {
		const item = await message(2);
		const more = { bundleType: 'transaction' };
		const texts = [];
		for (let delivery = 0; delivery < 2; delivery++) {
			const run = await inParts(item, more);
			texts.push(String(await roche.engine.readBinary(run.items(FETCH)[0]?.binary?.data)));
		}
		expect(texts[0]).toContain('"request":{"method":"PUT","url":"Observation/');
		expect(texts[1]).toBe(texts[0]);
	});

	it('outputs each resource once after a cut in mid-body', async () => {
		const item = await message(2000);
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'drop', when: 'in-body', afterBytes: 700_000 } });
		const run = await inParts(item);
		const numbers = run.json(FETCH).map(({ part }) => (part as IDataObject).resources as number);
		expect(numbers.reduce((sum, resources) => sum + resources, 0)).toBe(2001);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { resumed: 1 } });
	});

	it('reports a file that is not a bundle, and requests it once', async () => {
		const report = await roche.sandbox.addFile({ kind: 'cda' });
		const { notification } = await roche.sandbox.notify({ objectKey: report.key });
		const run = await inParts({ ...notification });
		expect(run.error?.message).toBe('The file is not a FHIR bundle in JSON');
		expect(await roche.sandbox.requests('s3')).toHaveLength(1);
		expect(run.persisted).not.toContain('Synthetic');
	});

	it('needs no more memory for 100 MB than for 12 MB', async () => {
		// Measured after a garbage collection: only memory in use.
		const peakOf = async (observations: number): Promise<number> => {
			const item = await message(observations);
			let peak = 0;
			let isDone = false;
			const watching = (async () => {
				while (!isDone) {
					const { heapUsed, external } = await roche.engine.resources();
					peak = Math.max(peak, heapUsed + external);
					await sleep(100);
				}
			})();
			const run = await inParts(item);
			isDone = true;
			await watching;
			expect(run.json(FETCH)).toHaveLength(Math.ceil((observations + 1) / 500));
			return peak;
		};
		const small = await peakOf(12_000);
		expect((await peakOf(100_000)) - small).toBeLessThan(30 * MB);
	}, 180_000);
});
