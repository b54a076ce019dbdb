import { readPemBlocks } from '../../nodes/shared/partners-services/pem';
import { certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { PASTED } from './support/pasted';

/** Enough for base64 whose lines begin and end with any character, and for each place at which a program may break a long line. */
const PAIRS = 150;

it('whatever characters the base64 has, the output of each program is read as the same blocks', async () => {
	const spoiled = new Set<string>();
	const issuer = (await certify({ subject: 'CN=issuer', keys: await ecdsaKeys(), usage: 'ca' })).pem;
	for (let pair = 0; pair < PAIRS; pair += 1) {
		const keys = await ecdsaKeys();
		const { pem } = await certify({ subject: `CN=${'x'.repeat(pair % 64)}y`, keys, usage: 'ca' });
		for (const text of [pem, pem + issuer, await privateKeyPem(keys)]) {
			for (const [name, paste] of PASTED) {
				const blocks = readPemBlocks('Client Certificate', paste(text));
				if (blocks.map((block) => block.pem).join('') !== text) spoiled.add(`${name}: ${JSON.stringify(paste(text))}`);
			}
		}
	}
	expect([...spoiled]).toEqual([]);
});

it.each<[string, (text: string) => string]>([
	['in JSON', (text) => text],
	['in JSON in JSON', (text) => JSON.stringify(text)],
])('a line break of quoted-printable may be at any place of a long line (%s)', async (_name, again) => {
	const keys = await ecdsaKeys();
	// A digit in front of the END line could be a line number there.
	for (const end of [/==\n-/, /[^=]=\n-/, /\d\n-/]) {
		let pem = '';
		for (let length = 1; !end.test(pem); length = (length % 9) + 1) {
			({ pem } = await certify({ subject: `CN=${'x'.repeat(length)}`, keys, usage: 'ca' }));
		}
		const line = JSON.stringify({ certificate: pem + pem }).replaceAll('=', '=3D');
		for (let place = 0; place <= line.length; place += 1) {
			// Not inside of "=3D".
			if (/=.?$/.test(line.slice(0, place))) continue;
			const text = again(`${line.slice(0, place)}=\r\n${line.slice(place)}`);
			const blocks = readPemBlocks('Client Certificate', text);
			expect({ text, blocks: blocks.map((block) => block.pem).join('') }).toEqual({ text, blocks: pem + pem });
		}
	}
});
