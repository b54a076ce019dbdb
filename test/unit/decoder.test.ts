import { decoderFor } from '../../nodes/shared/formats/decoder';
import { checkCaller } from '../../nodes/shared/notification/caller';
import { decoded } from '../../nodes/shared/notification/charset';

const EURO = Buffer.from([0x80]);

describe('Windows-1252, on every Node', () => {
	it('has characters from 80 to 9F', () => {
		expect(decoderFor('windows-1252')?.(Buffer.from([0x80, 0x84, 0x9a, 0xe4]))).toBe('€„šä');
	});

	it.each([0x81, 0x8d, 0x8f, 0x90, 0x9d])('has no character for the byte %i', (byte) => {
		expect(decoderFor('iso-8859-1')?.(Buffer.from([byte]))).toBeUndefined();
	});

	it('is read in a notification', () => {
		expect(decoded(EURO, 'application/json; charset=windows-1252')).toBe('€');
	});

	it('is read in the password of a caller', () => {
		const authorization = `Basic ${Buffer.concat([Buffer.from('roche:'), EURO]).toString('base64')}`;
		const expected = { authentication: 'basicAuth', user: 'roche', password: '€' } as const;
		expect(() => checkCaller(expected, { authorization })).not.toThrow();
	});
});

it('there is no decoder for an unknown encoding', () => {
	expect(decoderFor('ebcdic')).toBeUndefined();
});
