import { parsePresignedUrl } from '../../nodes/shared/access-point/presigned-url';
import { invalidInput, textOf } from './support/expect-error';

const PATH = 'delivery/geheim/xxx.xml';
const QUERY = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=geheim';
const at = (host: string) => `https://${host}/${PATH}?${QUERY}`;

describe('a pre-signed URL on a host of S3 is accepted', () => {
	it.each([
		'bucket.s3.us-east-1.amazonaws.com',
		'bucket.s3.amazonaws.com',
		'bucket.with.dots.s3.eu-central-1.amazonaws.com',
		's3.amazonaws.com',
		's3.eu-central-1.amazonaws.com',
		's3-eu-central-1.amazonaws.com',
		'bucket.s3-us-west-2.amazonaws.com',
		'bucket.s3.dualstack.us-east-1.amazonaws.com',
		's3.dualstack.us-east-1.amazonaws.com',
		'bucket.s3-fips.us-east-1.amazonaws.com',
		'bucket.s3-fips.dualstack.us-east-1.amazonaws.com',
		'bucket.s3.us-gov-west-1.amazonaws.com',
		'bucket.s3.cn-north-1.amazonaws.com.cn',
		'2291405-019364481091.s3-accesspoint.us-east-1.amazonaws.com',
		'2291405-019364481091.s3-accesspoint.dualstack.us-east-1.amazonaws.com',
		'2291405-019364481091.s3-accesspoint-fips.us-east-1.amazonaws.com',
		'2291405-019364481091.s3-accesspoint.cn-north-1.amazonaws.com.cn',
	])('%s', (host) => {
		const { url } = parsePresignedUrl(at(host));
		expect(url.href).toBe(at(host));
	});

	it('in upper case, with the default port, spaces around it and a fragment, which is not sent', () => {
		const { url } = parsePresignedUrl(` HTTPS://Bucket.S3.Amazonaws.COM:443/a?b=c#d \n`);
		expect(url.href).toBe('https://bucket.s3.amazonaws.com/a?b=c');
	});

	it('its signature is unchanged, byte for byte', () => {
		const query = 'X-Amz-Credential=ASIA%2F20261112%2Fus-east-1&X-Amz-Security-Token=a%2Bb%2F%3D%3D&x=%7E';
		expect(parsePresignedUrl(`https://b.s3.amazonaws.com/k%20y?${query}`).url.search).toBe(`?${query}`);
	});

	it.each([
		['delivery/clinical-data/Sample_insulin.json', 'delivery/clinical-data/Sample_insulin.json'],
		['%C3%A4%20b%2Bc%3D%281%29/%2541%20%23%3F%26.json', 'ä b+c=(1)/%41 #?&.json'],
		['a%2', 'a%2'],
		['', ''],
	])('the key of /%s is read from its path', (path, key) => {
		expect(parsePresignedUrl(`https://b.s3.amazonaws.com/${path}?X-Amz-Signature=x`).key).toBe(key);
	});
});

describe('a host that only looks like one of S3 is refused', () => {
	it.each([
		's3.amazonaws.com.evil.example',
		'bucket.s3.us-east-1.amazonaws.com.evil.example',
		'evil-s3.amazonaws.com.evil',
		'evil-s3.amazonaws.com',
		'evils3.amazonaws.com',
		's3.evil.amazonaws.com',
		's3-evil.amazonaws.com',
		's3.us-east-1.evil.amazonaws.com',
		's3.evilamazonaws.com',
		's3.us-east-1.amazonaws.co',
		's3.us-east-1.amazonaws.com.cn.evil.example',
		's3.us-east-1.amazonaws.com.de',
		's3xamazonaws.com',
		's3.amazonawsxcom',
		'amazonaws.com',
		'.s3.amazonaws.com',
		's3.amazonaws.com.',
		'-.s3.amazonaws.com',
		'api.execute-api.us-east-1.amazonaws.com',
		's3.us-east-1.elb.amazonaws.com',
		'ec2-198-51-100-1.compute-1.amazonaws.com',
		'bucket.s3-website-us-east-1.amazonaws.com',
		'bucket.s3-outposts.us-east-1.amazonaws.com',
		'bucket.s3.us-east-1.amazonaws.com:8443',
		'example.org',
		'localhost',
		'127.0.0.1',
		'169.254.169.254',
		'2130706433',
		'0x7f.1',
		'[::1]',
		'[::ffff:169.254.169.254]',
		's3.ämazonaws.com',
		's3.аmazonaws.com',
		's3.amazonaws.com%2eevil.example',
	])('%s', (host) => {
		const error = invalidInput(() => parsePresignedUrl(at(host)));
		expect(error.field).toBe('Pre-Signed URL');
		expect(error.message).toMatch(
			/^Pre-Signed URL (leads to \S+, which is not a host of Amazon S3|is not a URL|contains a space or a line break)$/,
		);
		expect(textOf(error)).not.toMatch(/geheim|X-Amz|delivery/);
	});

	it.each([
		['a backslash', 'https://evil.example\\@s3.amazonaws.com/geheim'],
		['a backslash before the path', 'https://evil.example\\.s3.amazonaws.com/geheim'],
		['a question mark', 'https://evil.example?.s3.amazonaws.com/geheim'],
		['a hash', 'https://evil.example#.s3.amazonaws.com/geheim'],
	])('%s before it', (_name, text) => {
		const error = invalidInput(() => parsePresignedUrl(text));
		expect(error.message).toBe('Pre-Signed URL leads to evil.example, which is not a host of Amazon S3');
		expect(textOf(error)).not.toContain('geheim');
	});

	it('the refusal states how to allow it', () => {
		const { advice } = invalidInput(() => parsePresignedUrl(at('files.example.org')));
		expect(advice).toContain('add it to the option "Allowed Hosts"');
	});
});

describe('a URL that is not valid is refused', () => {
	it.each<[string, unknown, string]>([
		['nothing', '', 'is empty'],
		['spaces', ' \n', 'is empty'],
		['undefined', undefined, 'is empty'],
		['an object', { url: at('s3.amazonaws.com') }, 'is empty'],
		['a path', '/geheim', 'is not a URL'],
		['a host alone', 's3.amazonaws.com/geheim', 'is not a URL'],
		['https without slashes', 'https:s3.amazonaws.com/geheim', 'is not a URL'],
		['https with one slash', 'https:/s3.amazonaws.com/geheim', 'is not a URL'],
		['a control character', `${at('s3.amazonaws.com')}\u0000geheim`, 'contains a space or a line break'],
		['half a character', `${at('s3.amazonaws.com')}\ud83dgeheim`, 'is not a URL'],
		['http', at('s3.amazonaws.com').replace('https', 'http'), 'is not an https URL'],
		['an s3 URL', 's3://bucket/geheim', 'is not an https URL'],
		['a file', 'file:///etc/geheim', 'is not an https URL'],
		['data', 'data:text/plain,geheim', 'is not an https URL'],
		['a user name', 'https://geheim@s3.amazonaws.com/x', 'contains a user name or password'],
		['a password', 'https://:geheim@s3.amazonaws.com/x', 'contains a user name or password'],
		['S3 as user name', 'https://s3.amazonaws.com@evil.example/geheim', 'contains a user name or password'],
		['S3 as password', 'https://x:s3.amazonaws.com@evil.example/geheim', 'contains a user name or password'],
	])('%s', (_name, value, problem) => {
		const error = invalidInput(() => parsePresignedUrl(value));
		expect(error.message).toBe(`Pre-Signed URL ${problem}`);
		expect(error.advice).toBe('Enter the complete https URL as Roche sent it.');
		expect(textOf(error)).not.toContain('geheim');
	});
});

describe('allowed hosts', () => {
	it.each([
		['as it is', 'files.example.org', ['files.example.org']],
		['in upper case and with spaces', 'files.example.org', [' Files.Example.ORG ']],
		['one of several', 'files.example.org', ['a.example', 'files.example.org']],
		['with its port', 'files.example.org:8443', ['files.example.org:8443']],
	])('%s', (_name, host, allowed) => {
		expect(parsePresignedUrl(at(host), allowed).url.host).toBe(host);
	});

	it.each([
		['a subdomain', 'a.files.example.org', ['files.example.org']],
		['the domain above', 'example.org', ['files.example.org']],
		['a host with the same ending', 'evilfiles.example.org', ['files.example.org']],
		['a host with another suffix', 'files.example.org.evil.example', ['files.example.org']],
		['another port', 'files.example.org:8443', ['files.example.org']],
		['the default port instead of another', 'files.example.org', ['files.example.org:8443']],
		['an empty entry', 'files.example.org', ['']],
		['a star', 'files.example.org', ['*', '*.example.org']],
		['a dot as a wildcard', 'filesxexample.org', ['files.example.org']],
	])('match exactly: not %s', (_name, host, allowed) => {
		expect(invalidInput(() => parsePresignedUrl(at(host), allowed)).message).toContain('is not a host of Amazon S3');
	});

	it('allow neither http nor a user name', () => {
		const allowed = ['files.example.org'];
		expect(() => parsePresignedUrl('http://files.example.org/', allowed)).toThrow('is not an https URL');
		expect(() => parsePresignedUrl('https://a@files.example.org/', allowed)).toThrow('contains a user name');
	});
});
