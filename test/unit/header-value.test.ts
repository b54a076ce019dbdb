import { headerValue, organizationId, originRequestId } from '../../nodes/shared/partners-services/header-value';
import { invalidInput, textOf } from './support/expect-error';

const FIELD = 'Receipt Handle';
const LINE_BREAK = 'Receipt Handle contains a line break';
const CHARACTER = 'Receipt Handle contains a character that an HTTP header cannot carry';

describe('a value for a header', () => {
	it.each([
		['base64 signs', 'AQEB+abc/def=='],
		['inner spaces, as in the guide', 'AQEB wJnK yrHi'],
		['two spaces in a row', 'a  b'],
		['every visible ASCII character', String.fromCharCode(...Array.from({ length: 94 }, (_, index) => index + 33))],
		['one character', 'x'],
	])('%s are unchanged', (_name, value) => {
		expect(headerValue(FIELD, value)).toBe(value);
	});

	it.each([
		['a space', ' abc= '],
		['a line break', 'abc=\n'],
		['CRLF', '\r\nabc=\r\n'],
		['a tab', '\tabc=\t'],
		['a BOM', '\ufeffabc='],
		['a non-breaking space', 'abc=\u00a0'],
	])('%s at its ends is removed', (_name, value) => {
		expect(headerValue(FIELD, value)).toBe('abc=');
	});

	it('a number is converted to its digits', () => {
		expect(headerValue(FIELD, 42)).toBe('42');
	});

	it.each<[string, unknown, string]>([
		['undefined', undefined, 'Receipt Handle is missing'],
		['null', null, 'Receipt Handle is missing'],
		['an object', {}, 'Receipt Handle is missing'],
		['a list', ['geheim'], 'Receipt Handle is missing'],
		['true', true, 'Receipt Handle is missing'],
		['nothing', '', 'Receipt Handle is empty'],
		['spaces', '  ', 'Receipt Handle is empty'],
		['line breaks', '\r\n', 'Receipt Handle is empty'],
		['LF inside', 'geheim\ngeheim', LINE_BREAK],
		['CR inside', 'geheim\rgeheim', LINE_BREAK],
		['an injected header', 'geheim\r\nX-Evil: 1', LINE_BREAK],
		['NUL inside', 'geheim\0geheim', LINE_BREAK],
		['a tab inside', 'geheim\tgeheim', CHARACTER],
		['an umlaut (Latin-1)', 'geheimü', CHARACTER],
		['a character beyond Latin-1', 'geheim€', CHARACTER],
		['an invisible character', 'geheim\u200bgeheim', CHARACTER],
		['a non-breaking space inside', 'geheim\u00a0geheim', CHARACTER],
		['a control character', 'geheim\u0007', CHARACTER],
		['DEL', 'geheim\u007f', CHARACTER],
	])('%s is refused without repeating the value', (_name, value, message) => {
		const error = invalidInput(() => headerValue(FIELD, value));
		expect({ field: error.field, message: error.message }).toEqual({ field: FIELD, message });
		expect(textOf(error)).not.toContain('geheim');
	});
});

describe('an organization id', () => {
	it.each(['3.16.724.4.41', '2.16.724.4.2', '1.3.6.1.4.1.56221.1.3', '1'])('%s', (oid) => {
		expect(organizationId('Organization ID', ` ${oid}\n`)).toBe(oid);
	});

	it.each(['3.16.', '.3.16', '3..16', '3,16', 'urn:oid:3.16', '3.16 724', 'abc', '3.16.x'])(
		'%s is not valid',
		(value) => {
			const error = invalidInput(() => organizationId('Organization ID', value));
			expect(error.message).toBe('Organization ID is not an organization OID');
		},
	);

	it('empty', () => {
		expect(invalidInput(() => organizationId('Organization ID', ' ')).message).toBe('Organization ID is empty');
	});
});

describe('an origin request id', () => {
	it.each(['e6950ef2-3c66-4d00-9aba-205fde0d3199', 'E6950EF2-3C66-4D00-9ABA-205FDE0D3199'])('%s', (uuid) => {
		expect(originRequestId(` ${uuid} `)).toBe(uuid);
	});

	it.each([
		'e6950ef23c664d009aba205fde0d3199',
		'{e6950ef2-3c66-4d00-9aba-205fde0d3199}',
		'e6950ef2-3c66-4d00-9aba-205fde0d319',
		'e6950ef2-3c66-4d00-9aba-205fde0d3199-1',
		'g6950ef2-3c66-4d00-9aba-205fde0d3199',
		'42',
	])('%s is not a UUID', (value) => {
		expect(invalidInput(() => originRequestId(value)).message).toBe('Origin Request ID is not a UUID');
	});
});
