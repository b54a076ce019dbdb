import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES_FOLDER } from '../fuzz/campaign';
import type { FuzzCase } from '../fuzz/model';
import { printCase } from '../fuzz/print';
import { Rig } from '../fuzz/rig';
import { tryAll } from '../fuzz/trial';
import { currentLine } from './support';

const files = readdirSync(CASES_FOLDER).filter((name) => name.endsWith('.json'));
let rig: Rig;

beforeAll(async () => {
	rig = await Rig.start(currentLine());
});
afterAll(async () => await rig.stop());

describe('random workflows that once revealed a fault', () => {
	it.each(files)('%s', async (name) => {
		const given = JSON.parse(readFileSync(join(CASES_FOLDER, name), 'utf8')) as FuzzCase;
		const [result] = await tryAll(rig, [given]);
		const wrong = result?.violations.map(({ kind, text }) => `${kind}: ${text}\n${printCase(given)}`);
		expect(result?.useless).toBeUndefined();
		expect(wrong).toEqual([]);
	});
});
