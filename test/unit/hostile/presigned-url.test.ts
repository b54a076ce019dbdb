import fc from 'fast-check';
import { Agent, type buildConnector } from 'undici';
import { parsePresignedUrl, type PresignedUrl } from '../../../nodes/shared/access-point/presigned-url';
import { withoutSecrets } from '../../../nodes/shared/node-support/item-fields';
import { leaksOf, outcomeOf } from './support/outcome';
import { shareOf } from './support/share';
import { anyText, changedText } from './support/texts';

/** In the path, the query and a password. It must never be in an error. */
const SECRET = '7f3a9c51e0b2d486';
const ALLOWED = ['files.example.org', 'files.example.org:8443', ' Other.Example.ORG ', '', 'münchen.example'];
const ALLOWED_HOSTS = ['files.example.org', 'files.example.org:8443', 'other.example.org'];

const GENUINE = [
	...['bucket.s3.us-east-1.amazonaws.com', 's3.amazonaws.com', 'b.c.s3.dualstack.eu-central-1.amazonaws.com'],
	...['s3-eu-west-1.amazonaws.com', 'b.s3-fips.us-gov-west-1.amazonaws.com', 'b.s3.cn-north-1.amazonaws.com.cn'],
	...['a-019364481091.s3-accesspoint.us-east-1.amazonaws.com', ...ALLOWED_HOSTS],
	...[
		'b.s3-accelerate.amazonaws.com',
		'b.s3.eusc-de-east-1.amazonaws.eu',
		'a1.mrap.accesspoint.s3-global.amazonaws.com',
	],
	...['bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com', 'b.s3express-use1-az4.us-east-1.amazonaws.com'],
];
const LOOKALIKES = [
	...['s3.amazonaws.com.evil.example', 'evils3.amazonaws.com', 'evil-s3.amazonaws.com', 's3.evil.amazonaws.com'],
	...['s3.us-east-1.elb.amazonaws.com', 'x.execute-api.us-east-1.amazonaws.com', 's3.amazonaws.com.cn.evil.example'],
	...[
		's3.amazonaws.co',
		's3xamazonaws.com',
		'evil.example',
		'localhost',
		'xn--s3-fka.amazonaws.com',
		's3.xn--mazonaws-w3a.com',
	],
];
const ADDRESSES = [
	...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0x7f.1', '169.254.169.254', '0xa9fea9fe', '0'],
	...['[::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '[::]', '①②⑦.0.0.1', '127。0。0。1'],
];
/** Characters that URL parsers treat as an end or a separator, ignore, or convert to others. */
const SIGNS = [
	...['@', '#', '?', '/', '\\', ':', ';', '&', '%', '%2e', '%2f', '%40', '%23', '%00', '%09', '.', '..', '-', '_', ' '],
	...['\t', '\n', '\r', '\0', '\u0001', '\u007f', '\u00ad', '\u200b', '\u200d', '\u2060', '\ufeff', '\u202e', '[', ']'],
	...[
		'。',
		'．',
		'｡',
		'\u2024',
		'ｓ３',
		'ſ',
		'ß',
		'\u212a',
		'а',
		'ä',
		'／',
		'＠',
		'＃',
		'？',
		'：',
		'\\\\',
		'//',
		'@@',
	],
];
const PORTS = [':443', ':8443', ':80', ':0', ':0443', ':', ':65536', ':x', ':443@evil.example'];
const SCHEMES = [
	'https://',
	'https://',
	'https://',
	'HTTPS://',
	'https:',
	'https:/',
	'https:\\\\',
	'https:////',
	'ht\ntps://',
];
const OTHERS = ['http://', 'ftp://', 'file://', 's3://', 'ws://', 'blob:https://', 'javascript:', '//', ''];
const USERS = [`user:${SECRET}@`, `:${SECRET}@`, 'user@', 's3.amazonaws.com@', 's3.amazonaws.com:443@', '@', ':@'];

const known = fc.constantFrom(...GENUINE, ...LOOKALIKES, ...ADDRESSES);
const host = fc.oneof(
	{ arbitrary: fc.constantFrom(...GENUINE), weight: 3 },
	known,
	known.chain((name) => changedText(name, SIGNS, 2)),
	fc.constantFrom(...GENUINE).map((name) => `${name}.`),
	fc.constantFrom(...GENUINE).map((name) => name.toUpperCase()),
	fc.tuple(known, fc.constantFrom(...SIGNS), known).map((parts) => parts.join('')),
	anyText,
);
const url = fc
	.record({
		before: fc.constantFrom('', '', '', ' ', '\n', '\0', '\u0001', '\ufeff', '\u00a0'),
		scheme: fc.oneof({ arbitrary: fc.constantFrom(...SCHEMES), weight: 4 }, fc.constantFrom(...OTHERS)),
		user: fc.oneof({ arbitrary: fc.constant(''), weight: 4 }, fc.constantFrom(...USERS)),
		host,
		port: fc.oneof({ arbitrary: fc.constant(''), weight: 4 }, fc.constantFrom(...PORTS)),
		path: fc.constantFrom('/', '\\', '/a/../', '/%2e%2e/', '//evil.example/', '/@evil.example/', '/%zz/'),
	})
	// If the host is empty, the first part of the path would be the host. The secret is after it.
	.map(({ before, scheme, user, host, port, path }) =>
		[before, scheme, user, host, port, `${path}a/${SECRET}.json?X-Amz-Signature=${SECRET}#${SECRET}`].join(''),
	);

/** Whether a host is one of S3, by its labels from the right: suffix, region, dualstack, service. */
function isHostOfS3(name: string): boolean {
	const labels = name.split('.');
	const suffix = labels.splice(-2).join('.');
	if (suffix === 'com.cn') {
		if (labels.pop() !== 'amazonaws') return false;
	} else if (suffix !== 'amazonaws.com' && suffix !== 'amazonaws.eu') return false;
	if (labels.at(-1) === 's3-global') return labels.length === 4 && labels.slice(1, 3).join('.') === 'mrap.accesspoint';
	const isEndpoint = labels.at(-1) === 'vpce' && labels.pop() !== undefined;
	const hasRegion = /^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$/.test(labels.at(-1) ?? '') && labels.pop() !== undefined;
	if (labels.at(-1) === 'dualstack') labels.pop();
	const service = labels.pop() ?? '';
	if (isEndpoint)
		return hasRegion && service === 's3' && /^vpce-[a-z0-9-]+$/.test(labels.at(-1) ?? '') && labels.length > 1;
	if (['s3', 's3-fips', 's3-accesspoint', 's3-accesspoint-fips', 's3-external-1'].includes(service)) return true;
	if (service === 's3-accelerate') return !hasRegion && labels.length > 0;
	if (/^s3express-/.test(service)) return hasRegion;
	if (/^s3-(object-lambda|outposts)(-fips)?$/.test(service)) return hasRegion && labels.length > 0;
	return /^s3-[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$/.test(service);
}

describe('any value for the pre-signed URL', () => {
	it('is drawn so that many are used', () => {
		const isUsed = (text: string) => outcomeOf(() => parsePresignedUrl(text, ALLOWED)).kind === 'used';
		expect(shareOf(url, isUsed)).toBeGreaterThan(0.08);
	});

	it('is a URL of S3 or an allowed host over https, or is refused without path, query and password', () => {
		const property = fc.property(url, (text) => {
			const outcome = outcomeOf(() => parsePresignedUrl(text, ALLOWED));
			if (outcome.kind === 'refused') {
				expect(leaksOf(outcome.error, SECRET, 8)).toEqual([]);
				return;
			}
			// Parsed as for the connection, not as for the check.
			const { protocol, username, password, hostname, port, host, hash } = new URL(outcome.value.url.href);
			expect({ protocol, username, password, hash }).toEqual({
				protocol: 'https:',
				username: '',
				password: '',
				hash: '',
			});
			if (ALLOWED_HOSTS.includes(host)) return;
			expect({ hostname, isS3: isHostOfS3(hostname), port }).toEqual({ hostname, isS3: true, port: '' });
			expect(hostname).toMatch(/^[a-z0-9.-]+$/);
		});
		fc.assert(property, { numRuns: 8000 });
	});

	it('is requested from the host that was checked', async () => {
		const connections: buildConnector.Options[] = [];
		const agent = new Agent({
			connect: (options, callback) => {
				connections.push(options);
				callback(new Error('Stopped before the connection'), null);
			},
		});
		const property = fc.asyncProperty(url, async (text) => {
			const outcome = outcomeOf(() => parsePresignedUrl(text, ALLOWED));
			if (outcome.kind === 'refused') return;
			connections.length = 0;
			await expect(agent.request(requestOf(outcome.value))).rejects.toThrow('Stopped before the connection');
			expect(connections).toHaveLength(1);
			const { protocol, hostname = '', port } = connections[0] ?? {};
			expect(protocol).toBe('https:');
			expect(isHostOfS3(hostname) || ALLOWED_HOSTS.some((allowed) => allowed.split(':')[0] === hostname)).toBe(true);
			expect(['', '443', ...(hostname === 'files.example.org' ? ['8443'] : [])]).toContain(String(port));
		});
		await fc.assert(property, { numRuns: 3000 });
		await agent.destroy();
	});

	it('is output without its signature', () => {
		const property = fc.property(url, (text) => {
			if (outcomeOf(() => parsePresignedUrl(text, ALLOWED)).kind === 'refused') return;
			const kept = withoutSecrets({ MessageReference: { link: text } });
			expect(JSON.stringify(kept)).not.toContain(`X-Amz-Signature=${SECRET}`);
		});
		fc.assert(property, { numRuns: 3000 });
	});

	it.each<unknown>([undefined, null, 7, {}, [`https://s3.amazonaws.com/`], new URL('https://s3.amazonaws.com/')])(
		'is refused if it is not a string: %p',
		(value) => {
			expect(outcomeOf(() => parsePresignedUrl(value)).kind).toBe('refused');
		},
	);

	it('is refused or unchanged if it is huge', () => {
		for (const piece of ['a', 'a.', '-a', '.s3', '%61', '@', '/', '\\', '\t', 's3.us-east-1.']) {
			const middle = piece.repeat(1_000_000 / piece.length);
			for (const text of [`https://${middle}amazonaws.com/`, `https://s3.us${middle}-1.amazonaws.com/`, middle]) {
				const outcome = outcomeOf(() => parsePresignedUrl(text));
				if (outcome.kind === 'used') expect(outcome.value.url.hostname).toMatch(/\.amazonaws\.com$/);
			}
		}
	});
});

/** Returns the request for the URL. */
function requestOf({ url: { origin }, target: path }: PresignedUrl) {
	return { origin, path, method: 'GET' } as const;
}
