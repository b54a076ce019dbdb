import { Roche } from '../engine/roche';

const FETCH = 'rocheS3Fetch';
const roche = Roche.forAllTests();

async function stored(key: string): Promise<void> {
	await roche.sandbox.addFile({ kind: 'content', key, base64: 'e30=', contentType: 'application/json' });
}

const fetched = async (objectKey: string, steps: object = {}) =>
	await roche.run(
		[{ MessageReference: { accesspoint: roche.sandbox.info.accessPoint, objectKey } }],
		[{ type: FETCH, ...steps }],
	);

describe('a key that looks URL-encoded', () => {
	const ENCODED = ['a+b%2Bc.json', 'delivery/M%C3%BCller.json', 'a%20b.json', 'a+b.json', 'a%252Bb.json', 'a%2fb.json'];

	it.each(ENCODED)('is not decoded, and the advice mentions the encoding: %s', async (key) => {
		await stored(decodeURIComponent(key.replaceAll('+', ' ')));
		const run = await fetched(key);
		expect(run.error?.message).toBe('There is no file with this object key');
		expect(run.error?.description).toMatch(/^The key looks URL-encoded .* was used unchanged/);
		expect(await roche.sandbox.requests('s3')).toMatchObject([{ objectKey: key }]);
	});

	it('is used unchanged if such a file exists', async () => {
		await stored('x+y%2Bz.json');
		expect((await fetched('x+y%2Bz.json')).json(FETCH)[0]).toMatchObject({ file: { key: 'x+y%2Bz.json' } });
	});

	it('is also mentioned if the token may not list files: S3 then answers "denied"', async () => {
		const body = '<Error><Code>AccessDenied</Code></Error>';
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'status', status: 403, body } });
		const run = await fetched('a%20b.json');
		expect(run.error).toMatchObject({ message: 'S3 denied access to the file', httpCode: '403' });
		expect(run.error?.description).toMatch(/^The key looks URL-encoded .* Otherwise: The token allows/);
	});

	it('is decoded by the expression in the advice', async () => {
		await stored('delivery/Frau Müller+1.json');
		const objectKey = 'delivery/Frau+M%C3%BCller%2B1.json';
		const advice = (await fetched(objectKey)).error?.description ?? '';
		const expression = /\{\{.*\}\}/.exec(advice)?.[0];
		const parameters = { source: 'object', objectKey: `=${expression}` };
		expect((await fetched(objectKey, { parameters })).json(FETCH)[0]).toMatchObject({
			file: { key: 'delivery/Frau Müller+1.json' },
		});
	});

	it.each(['c d.json', '100%.json', 'a%zz.json', 'Müller.json'])('is not assumed for the key %s', async (key) => {
		const run = await fetched(key);
		expect(run.error?.description).toMatch(/^Compare the key with the notification/);
	});
});
