import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import type { Token } from '../../nodes/shared/partners-services/token';
import { TokenCache } from '../../nodes/shared/partners-services/token-cache';
import { Roche } from '../engine/roche';

const TOKEN = 'rocheGetToken';
const FETCH = 'rocheS3Fetch';
const roche = Roche.forAllTests();

const refusal = (code: string, status = 400) =>
	({ kind: 'status', status, body: `<Error><Code>${code}</Code></Error>` }) as const;

describe('a token that AWS no longer recognizes', () => {
	it.each(['InvalidToken', 'InvalidAccessKeyId', 'TokenRefreshRequired'])(
		'is replaced once by a new one: %s',
		async (code) => {
			const [made] = await roche.notifications(1);
			await roche.sandbox.fault({ target: 's3', fault: refusal(code) });
			const run = await roche.run([made?.item ?? {}], [{ type: TOKEN }, { type: FETCH }]);
			expect(run.json(FETCH)).toMatchObject([{ file: { sha256: made?.file.sha256 } }]);
			expect(await roche.sandbox.requests('token')).toHaveLength(2);
		},
	);

	it('is not replaced twice, and not again within a minute: the error is the one of S3', async () => {
		const [made] = await roche.notifications(1);
		const credential = roche.freshCredential();
		await roche.sandbox.fault({ target: 's3', times: 3, fault: refusal('InvalidToken') });
		for (let run = 0; run < 2; run++) {
			const { error } = await roche.run([made?.item ?? {}], [{ type: FETCH }], { credential });
			expect(error?.message).toBe('S3 does not know the AWS credentials');
		}
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
	});

	it('is replaced once for all items that need it at the same time', async () => {
		const made = await roche.notifications(10);
		const credential = roche.freshCredential();
		const [token] = (
			await roche.run([{}], [{ type: TOKEN, parameters: { secretOutput: 'plain' } }], { credential })
		).json(TOKEN);
		const { awsCredentials, awsResources } = token as { awsCredentials: IDataObject; awsResources: string[] };
		const unknown = { awsCredentials: { ...awsCredentials, SessionToken: 'replaced since' }, awsResources };
		const items = made.map(({ item }) => ({ ...item, ...unknown }));
		const run = await roche.run(items, [{ type: FETCH }], { credential });
		expect(run.json(FETCH)).toHaveLength(10);
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
		const refused = (await roche.sandbox.requests('s3')).filter(({ errorCode }) => errorCode === 'InvalidToken');
		expect(refused).toHaveLength(10);
	});

	it('has its minute per credential', async () => {
		const [made] = await roche.notifications(1);
		for (let credential = 0; credential < 2; credential++) {
			await roche.sandbox.fault({ target: 's3', fault: refusal('InvalidToken') });
			expect((await roche.run([made?.item ?? {}], [{ type: FETCH }])).status).toBe('success');
		}
		expect(await roche.sandbox.requests('token')).toHaveLength(4);
	});
});

describe('an access point that the token does not grant', () => {
	const nothing = 'Access Point is not one of the 0 that the token grants (awsResources)';

	it('is read with a new token that grants it; the old one was in the item or the cache', async () => {
		const [made] = await roche.notifications(1);
		const credential = roche.freshCredential();
		await roche.sandbox.settings({ awsResources: [] });
		const old = await roche.run([made?.item ?? {}], [{ type: TOKEN }], { credential });
		await roche.sandbox.settings({ awsResources: null });
		const run = await roche.run([old.json(TOKEN)[0] ?? {}], [{ type: FETCH }], { credential });
		expect(run.json(FETCH)).toMatchObject([{ file: { sha256: made?.file.sha256 } }]);
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
	});

	it('is refused if a new token does not grant it either, with one call per minute', async () => {
		const made = await roche.notifications(5);
		const credential = roche.freshCredential();
		await roche.sandbox.settings({ awsResources: [] });
		const items = made.map(({ item }) => item);
		const steps = [{ type: FETCH, onError: 'continueRegularOutput' } as const];
		for (let run = 0; run < 3; run++) {
			const { error } = (await roche.run(items, steps, { credential })).json(FETCH)[4] as IDataObject;
			expect(error).toBe(nothing);
		}
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
		expect(await roche.sandbox.requests('s3')).toEqual([]);
	});

	it('needs no new token if the option is off', async () => {
		const [made] = await roche.notifications(1);
		await roche.sandbox.settings({ awsResources: [] });
		const parameters = { options: { restrictToGrantedAccessPoints: false } };
		await roche.run([made?.item ?? {}], [{ type: FETCH, parameters }]);
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
	});
});

describe('the token cache', () => {
	const later = new Date(Date.now() + 3_600_000).toISOString();
	let calls = 0;
	const obtain = async (): Promise<Token> => {
		calls += 1;
		const AccessKeyId = `ASIA${calls}`;
		await sleep(5);
		const awsCredentials = { AccessKeyId, SecretAccessKey: 's', SessionToken: 't', Expiration: later };
		return { awsCredentials, awsResources: [], originRequestId: '' };
	};

	it('returns the newer cached token for a rejected old one, without a call', async () => {
		const store = new TokenCache();
		const [old, kept] = [await obtain(), await store.get('key', obtain)];
		calls = 0;
		expect(await store.getOther('key', 'credential', old, obtain)).toBe(kept);
		expect(await store.getOther('key', 'credential', kept, obtain)).not.toBe(kept);
		expect(calls).toBe(1);
	});

	it('counts the calls of all organizations of a credential together', async () => {
		const store = new TokenCache();
		const first = await store.get('org 1', obtain);
		const second = await store.get('org 2', obtain);
		expect(await store.getOther('org 1', 'credential', first, obtain)).toBeDefined();
		expect(await store.getOther('org 2', 'credential', second, obtain)).toBeUndefined();
		expect(await store.getOther('org 2', 'another', second, obtain)).toBeDefined();
	});

	it('makes a new call after a minute', async () => {
		const store = new TokenCache();
		const clock = jest.spyOn(performance, 'now').mockReturnValue(1000);
		const first = await store.getOther('key', 'credential', await obtain(), obtain);
		clock.mockReturnValue(60_999);
		expect(first && (await store.getOther('key', 'credential', first, obtain))).toBeUndefined();
		clock.mockReturnValue(61_000);
		expect(first && (await store.getOther('key', 'credential', first, obtain))).toBeDefined();
		clock.mockRestore();
	});
});

describe('the expiration of a token', () => {
	const HOUR_MS = 3_600_000;
	const NODES = join(__dirname, '../../nodes/shared/partners-services/token.ts');

	/** Returns the time left at 07:00 UTC, as calculated by a server in Tokyo, in ms; null if the time is not valid. */
	function leftInTokyo(expirations: string[]): Array<number | null> {
		const script = `
			const { asAwsCredentials, timeLeft } = require(${JSON.stringify(NODES)});
			if (new Date(0).getTimezoneOffset() !== -540) throw new Error('The zone is not set');
			const left = ${JSON.stringify(expirations)}.map((Expiration) => {
				const given = asAwsCredentials({ AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: 't', Expiration });
				return given ? timeLeft(given, Date.UTC(2026, 0, 1, 7)) : null;
			});
			console.log(JSON.stringify(left));`;
		const env = { ...process.env, TZ: 'Asia/Tokyo' };
		const options = { env, encoding: 'utf8', cwd: join(__dirname, '../..') } as const;
		return JSON.parse(execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], options)) as number[];
	}

	it('is in UTC if it has no zone', () => {
		const expirations = [
			'2026-01-01T08:00:00.000Z',
			'2026-01-01T08:00:00.000',
			'2026-01-01T08:00:00',
			'2026-01-01 08:00:00',
			' 2026-01-01T08:00 ',
			'2026-01-01T10:00:00+02:00',
			'2026-01-01T10:00:00+0200',
			'Thu, 01 Jan 2026 08:00:00 GMT',
			'Thu Jan 01 08:00:00 UTC 2026',
			'Thu Jan 01 03:00:00 EST 2026',
			'Jan 1, 2026 8:00:00 AM',
		];
		expect(leftInTokyo(expirations)).toEqual(expirations.map(() => HOUR_MS));
	});

	it('is not read from a string that is not a date', () => {
		expect(leftInTokyo(['soon', '2026-13-01T00:00:00', '26:00'])).toEqual([null, null, null]);
	});
});
