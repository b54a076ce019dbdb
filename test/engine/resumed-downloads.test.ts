import type { Fault, SandboxFile } from '../sandbox/types';
import type { EngineRun } from './engine-run';
import { Roche } from './roche';

const FETCH = 'rocheS3Fetch';

const CUT: Fault = { kind: 'drop', when: 'in-body', afterBytes: 400_000 };

const roche = Roche.forAllTests();
let made = 0;

/** Fetches a file, in one attempt, of which the first request is cut in mid-body; the next requests meet `faults`. */
async function fetchCut(...faults: Fault[]): Promise<{ file: SandboxFile; run: EngineRun }> {
	made += 1;
	const file = await roche.sandbox.addFile({ kind: 'bytes', key: `cut-${made}.bin`, size: 3_000_000 });
	const { notification } = await roche.sandbox.notify({ objectKey: file.key });
	for (const fault of [CUT, ...faults]) await roche.sandbox.fault({ target: 's3', fault });
	const run = await roche.run([notification], [{ type: FETCH, parameters: { options: { maxAttempts: 1 } } }]);
	return { file, run };
}

const requests = async (target: 's3' | 'token'): Promise<number> => (await roche.sandbox.requests(target)).length;

describe('Roche S3 Fetch resumes a download that was cut', () => {
	it('after its last byte', async () => {
		const { file, run } = await fetchCut();
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 1 } });
		expect((await roche.sandbox.requests('s3')).map(({ status }) => status)).toEqual([expect.anything(), 206]);
	});

	it('as often as it is cut, as long as bytes arrive in between', async () => {
		const { file, run } = await fetchCut(CUT, CUT, CUT, CUT, CUT);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 6 } });
	});

	it.each([429, 503])('and again if the attempt to resume is answered with %i', async (status) => {
		const { file, run } = await fetchCut({ kind: 'status', status });
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 2 } });
		expect(await requests('s3')).toBe(3);
	});

	it.each([
		[412, 'The file was replaced while it was being read'],
		[501, 'The file arrived with fewer or more bytes than S3 announced'],
	])('but not if the attempt to resume is answered with %i', async (status, message) => {
		const { run } = await fetchCut({ kind: 'status', status });
		expect(run.error?.message).toBe(message);
		expect(await requests('s3')).toBe(2);
	});

	it('but begins again with another token if the attempt to resume is answered with 400', async () => {
		const { file, run } = await fetchCut({ kind: 'status', status: 400 });
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 0 } });
		expect([await requests('s3'), await requests('token')]).toEqual([3, 2]);
	});
});
