import { contentTypeOf, fileName } from '../../nodes/shared/access-point/file-name';

describe('the name of a file', () => {
	it.each([
		['delivery/2291405/cda/xxx.xml', 'xxx.xml'],
		['Sample_insulin.json', 'Sample_insulin.json'],
		['ä b+c=(1)/%41 #?&.json', '%41 #?&.json'],
		['delivery/', 'delivery'],
		['a//', 'a'],
		['/', 'file'],
		['', 'file'],
		['delivery/..', 'delivery'],
		['..', 'file'],
		['a\\..\\b\u001b[2J', 'a_.._b_[2J'],
	])('for the key "%s" is "%s"', (key, name) => {
		expect(fileName(key)).toBe(name);
	});
});

describe('the content type of a file', () => {
	it.each<[string, string | undefined, string]>([
		['x.json', 'application/fhir+json', 'application/fhir+json'],
		['x.json', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
		['x.json', 'binary/octet-stream', 'application/json'],
		['x.json', 'application/octet-stream', 'application/json'],
		['x.json', undefined, 'application/json'],
		['x.json', '', 'application/json'],
		['x.XML', undefined, 'application/xml'],
		['x.y.xml', undefined, 'application/xml'],
		['x.pdf', undefined, 'application/octet-stream'],
		['x', 'binary/octet-stream', 'application/octet-stream'],
		['x.constructor', undefined, 'application/octet-stream'],
		['', undefined, 'application/octet-stream'],
	])('"%s", stored as %s, is %s', (name, stored, type) => {
		expect(contentTypeOf(name, stored)).toBe(type);
	});
});
