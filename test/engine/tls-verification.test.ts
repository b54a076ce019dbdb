import { Roche } from './roche';

const UNKNOWN_CA = /^The server certificate of \S+ is signed by a CA that is unknown here/;

describe('a server whose CA is unknown, with NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment of n8n', () => {
	let roche: Roche;
	beforeAll(async () => {
		roche = await Roche.start({}, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '' });
	}, 60_000);
	afterAll(async () => await roche.stop());

	it('gets no client secret', async () => {
		const credential = roche.freshCredential({ caCertificates: '' });
		const run = await roche.run([{}], [{ type: 'rocheGetToken' }], { credential });
		expect(run.error?.message).toMatch(UNKNOWN_CA);
		expect(await roche.sandbox.requests('token')).toEqual([]);
	});

	it('gets no session token in the place of S3', async () => {
		const [made] = await roche.notifications(1);
		const run = await roche.run([made?.item ?? {}], [{ type: 'rocheS3Fetch' }]);
		expect(run.error?.message).toMatch(UNKNOWN_CA);
		expect(await roche.sandbox.requests('s3')).toEqual([]);
	});
});
