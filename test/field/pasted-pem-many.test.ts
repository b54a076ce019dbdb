import { readPemBlocks } from '../../nodes/shared/partners-services/pem';
import { certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { PASTED } from './support/pasted';

/** Enough for base64 whose lines begin and end with any character. */
const PAIRS = 150;

it('whatever characters the base64 has, the output of each program is read as the same block', async () => {
	const spoiled = new Set<string>();
	for (let pair = 0; pair < PAIRS; pair += 1) {
		const keys = await ecdsaKeys();
		const { pem } = await certify({ subject: `CN=${'x'.repeat(pair % 9)}y`, keys, usage: 'ca' });
		for (const text of [pem, await privateKeyPem(keys)]) {
			for (const [name, paste] of PASTED) {
				const [block] = readPemBlocks('Client Certificate', paste(text));
				if (block?.pem !== text) spoiled.add(`${name}: ${JSON.stringify(paste(text))}`);
			}
		}
	}
	expect([...spoiled]).toEqual([]);
});
