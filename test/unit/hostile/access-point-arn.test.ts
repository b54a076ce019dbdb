import fc from 'fast-check';
import { accessPointHost, parseAccessPointArn } from '../../../nodes/shared/access-point/access-point-arn';
import { outcomeOf } from './support/outcome';
import { requestedObject } from './support/requested-object';
import { shareOf } from './support/share';
import { anyText, changedText, PROTOTYPE_NAMES } from './support/texts';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/roche-2291405';

const SIGNS = [
	'.',
	'/',
	'\\',
	'@',
	'#',
	'?',
	'%',
	'%2e',
	'%2f',
	'&',
	'\n',
	'\r',
	'\t',
	'\0',
	' ',
	'[',
	']',
	'*',
	'_',
	'-',
];
/** They become ASCII in lower case, when normalized, or in a host name. */
const FOLDED = ['\u212a', '\u0130', '\u017f', '．', '。', 'ｅ', '①', 'ß', '\u00ad', '\u200d', '\u2024'];
const HOSTS = [
	'evil.example',
	'evil.example/',
	'@evil.example',
	'evil.example#',
	'evil.example?',
	'127.0.0.1',
	'[::1]',
];
const PIECES = [...SIGNS, ...FOLDED, ...HOSTS, ...PROTOTYPE_NAMES, ':', '::', 'A', 'a1', '-1', '1'.repeat(60)];

/** A valid value with inserted characters. */
const near = (value: string) =>
	fc.oneof(fc.constant(value), fc.constant(value.toUpperCase()), changedText(value, PIECES, 2));
const oneOf = (values: readonly string[]) =>
	fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 3 }, fc.constantFrom(...values).chain(near));

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc'];
/** Regions of every AWS partition, and some that do not exist. */
const REGIONS = [
	...['us-east-1', 'eu-central-1', 'ap-southeast-2', 'mx-central-1', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1'],
	...['us-isob-east-1', 'us-isof-south-1', 'eu-isoe-west-1', 'eusc-de-east-1', 'aws-global', 'xx-nowhere-9'],
	...[`us-${'east'.repeat(20)}-1`, `us-east-${'1'.repeat(70)}`],
];
/** Accepted by a pattern without an anchor at one end. */
const atAnEnd = (region: string) =>
	fc.constantFrom(...PIECES).chain((piece) => fc.constantFrom(piece + region, region + piece, `evil.${region}`));
/** A partition with one of its regions, or a similar one. */
const matching = fc
	.constantFrom(['aws', 'eu-west-1'], ['aws-cn', 'cn-north-1'], ['aws-us-gov', 'us-gov-west-1'])
	.chain(([partition = '', region = '']) => fc.tuple(fc.constant(partition), fc.oneof(near(region), atAnEnd(region))));
const NAMES = [
	'roche-2291405',
	'Roche-EMR',
	'a1b',
	'xn--bcher-kva',
	'a--b',
	'x-s3alias',
	'x--ol-s3',
	'roche-\u212aEY',
	'a'.repeat(50),
];

const nearMiss = fc
	.record({
		arn: fc.oneof({ arbitrary: fc.constant('arn'), weight: 5 }, near('arn')),
		service: fc.oneof({ arbitrary: fc.constant('s3'), weight: 5 }, near('s3')),
		place: fc.oneof(
			fc.tuple(fc.oneof({ arbitrary: fc.constant('aws'), weight: 3 }, oneOf(PARTITIONS)), oneOf(REGIONS)),
			matching,
		),
		account: fc.oneof({ arbitrary: fc.constant('019364481091'), weight: 3 }, near('019364481091')),
		resource: fc.oneof({ arbitrary: fc.constantFrom('accesspoint/', 'accesspoint:'), weight: 5 }, near('accesspoint/')),
		name: fc.oneof(oneOf(NAMES), fc.constantFrom(...PROTOTYPE_NAMES), anyText),
		around: fc.constantFrom('', '', ' ', '\n', '\ufeff'),
	})
	.map(({ arn, place: [partition, region], service, account, resource, name, around }) =>
		[around + arn, partition, service, region, account, resource + name + around].join(':'),
	);
const hostile = fc.oneof({ arbitrary: nearMiss, weight: 8 }, changedText(ARN, PIECES), anyText);

describe('any value for the access point', () => {
	it('is drawn so that many are used', () => {
		const isUsed = (text: string) => outcomeOf(() => parseAccessPointArn(text)).kind === 'used';
		for (const values of [hostile, nearMiss]) expect(shareOf(values, isUsed)).toBeGreaterThan(0.04);
	});

	it('results in a host of S3 in its region, or is refused', () => {
		const property = fc.property(hostile, (text) => {
			const outcome = outcomeOf(() => parseAccessPointArn(text));
			if (outcome.kind === 'refused') return;
			const { region, accountId, name, partition } = outcome.value;
			const host = accessPointHost(outcome.value);
			const url = new URL(`https://${host}/`);
			expect({ host: url.host, path: url.pathname, user: url.username }).toEqual({ host, path: '/', user: '' });
			const [first, ...rest] = host.split('.');
			expect(first).toBe(`${name}-${accountId}`);
			const suffix = { 'aws-cn': ['amazonaws', 'com', 'cn'], 'aws-eusc': ['amazonaws', 'eu'] }[partition] ?? [
				'amazonaws',
				'com',
			];
			expect(rest).toEqual(['s3-accesspoint', region, ...suffix]);
			expect(accountId).toMatch(/^[0-9]{12}$/);
		});
		fc.assert(property, { numRuns: 5000 });
	});

	it('is requested at exactly that host, and the session token is sent to no other', async () => {
		const property = fc.asyncProperty(nearMiss, async (text) => {
			const outcome = outcomeOf(() => parseAccessPointArn(text));
			if (outcome.kind === 'refused') return;
			const source = { kind: 'accessPoint', accessPoint: outcome.value, key: 'a.json' } as const;
			const { protocol, hostname, path } = await requestedObject(source);
			const expected = { protocol: 'https:', hostname: accessPointHost(outcome.value), path: '/a.json' };
			expect({ protocol, hostname, path }).toEqual(expected);
		});
		await fc.assert(property, { numRuns: 4000 });
	});

	it.each<unknown>([...PROTOTYPE_NAMES, 7, null, true, [ARN], { toString: () => ARN }, Object.create(null)])(
		'is refused if it is not a string or not an ARN: %p',
		(value) => {
			expect(outcomeOf(() => parseAccessPointArn(value)).kind).toBe('refused');
		},
	);

	it('is refused if it is huge', () => {
		for (const piece of ['a', ':', '-a', '1', 'arn:aws:s3:', '/', ' ']) {
			for (const text of [piece.repeat(1_000_000), ARN.replace('us-east-1', `us${piece.repeat(1_000_000)}-1`)]) {
				expect(outcomeOf(() => parseAccessPointArn(text)).kind).toBe('refused');
			}
		}
	});
});
