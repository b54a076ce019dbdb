import {
	accessPointHost,
	isSameAccessPoint,
	parseAccessPointArn,
} from '../../nodes/shared/access-point/access-point-arn';
import { invalidInput } from './support/expect-error';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';

describe('the ARN of an access point', () => {
	it('of the guide is parsed', () => {
		expect(parseAccessPointArn(ARN)).toEqual({
			arn: ARN,
			partition: 'aws',
			region: 'us-east-1',
			accountId: '019364481091',
			name: '2291405',
		});
	});

	it.each([
		[
			'with a colon before the name',
			ARN.replace('/', ':'),
			'2291405-019364481091.s3-accesspoint.us-east-1.amazonaws.com',
		],
		['with spaces around it', ` ${ARN}\n`, '2291405-019364481091.s3-accesspoint.us-east-1.amazonaws.com'],
		[
			'in Europe',
			'arn:aws:s3:eu-central-1:123456789012:accesspoint/roche-emr',
			'roche-emr-123456789012.s3-accesspoint.eu-central-1.amazonaws.com',
		],
		[
			'in a region of three parts',
			'arn:aws:s3:ap-southeast-2:123456789012:accesspoint/roche-emr',
			'roche-emr-123456789012.s3-accesspoint.ap-southeast-2.amazonaws.com',
		],
		[
			'in China',
			'arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/roche-emr',
			'roche-emr-123456789012.s3-accesspoint.cn-north-1.amazonaws.com.cn',
		],
		[
			'in GovCloud',
			'arn:aws-us-gov:s3:us-gov-west-1:123456789012:accesspoint:roche-emr',
			'roche-emr-123456789012.s3-accesspoint.us-gov-west-1.amazonaws.com',
		],
		[
			'in upper case',
			'arn:aws:s3:eu-west-1:123456789012:accesspoint/Roche-EMR',
			'roche-emr-123456789012.s3-accesspoint.eu-west-1.amazonaws.com',
		],
		[
			'with the longest name',
			`arn:aws:s3:eu-west-1:123456789012:accesspoint/${'a'.repeat(50)}`,
			`${'a'.repeat(50)}-123456789012.s3-accesspoint.eu-west-1.amazonaws.com`,
		],
		[
			'with the shortest name',
			'arn:aws:s3:eu-west-1:123456789012:accesspoint/a1b',
			'a1b-123456789012.s3-accesspoint.eu-west-1.amazonaws.com',
		],
	])('%s has this host', (_name, arn, host) => {
		expect(accessPointHost(parseAccessPointArn(arn))).toBe(host);
	});
});

describe('an ARN that is not valid is refused', () => {
	const NO_ARN = 'Access Point is not the ARN of an S3 access point';
	const BAD_NAME = 'Access Point has a name that AWS does not allow';
	const REGION = 'Access Point names a region that is not one of the partition';
	const of = (resource: string) => `arn:aws:s3:us-east-1:123456789012:${resource}`;

	it.each<[string, unknown, string]>([
		['nothing', '', 'Access Point is empty'],
		['spaces', '  ', 'Access Point is empty'],
		['undefined', undefined, 'Access Point is empty'],
		['an object', { arn: ARN }, 'Access Point is empty'],
		['a name alone', '2291405', NO_ARN],
		['an alias', 'roche-abcdefghijklmnop-s3alias', NO_ARN],
		['another service', 'arn:aws:sqs:us-east-1:123456789012:accesspoint/a1b', NO_ARN],
		['another resource', of('job/abc'), NO_ARN],
		['no name', of('accesspoint/'), NO_ARN],
		['an object in it', of('accesspoint/roche/object/key.json'), NO_ARN],
		['two ARNs', `${ARN}, ${ARN}`, NO_ARN],
		[
			'an access point on Outposts',
			'arn:aws:s3-outposts:us-east-1:123456789012:outpost/x/accesspoint/y',
			'Access Point names an access point on Outposts',
		],
		[
			'an Object Lambda access point',
			'arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/x',
			'Access Point names an Object Lambda access point',
		],
		[
			'S3 Express',
			'arn:aws:s3express:us-east-1:123456789012:bucket/x--use1-az4--x-s3',
			'Access Point names an S3 Express bucket',
		],
		[
			'a multi-region access point',
			'arn:aws:s3::123456789012:accesspoint/abc.mrap',
			'Access Point names a multi-region access point',
		],
		['a bucket', 'arn:aws:s3:::bucket', 'Access Point names a bucket or an object, not an access point'],
		['an object', 'arn:aws:s3:::bucket/key', 'Access Point names a bucket or an object, not an access point'],
		['an s3 URL', 's3://bucket/key', 'Access Point names a URL'],
		['an https URL', 'https://x.s3.amazonaws.com/key', 'Access Point names a URL'],
		['an unknown partition', ARN.replace('aws', 'aws-moon'), 'Access Point is in an unknown AWS partition'],
		[
			'a name of JavaScript as partition',
			ARN.replace('aws', 'constructor'),
			'Access Point is in an unknown AWS partition',
		],
		['a Chinese region elsewhere', ARN.replace('us-east-1', 'cn-north-1'), `${REGION} "aws"`],
		['a GovCloud region elsewhere', ARN.replace('us-east-1', 'us-gov-west-1'), `${REGION} "aws"`],
		['another region in China', ARN.replace('aws', 'aws-cn'), `${REGION} "aws-cn"`],
		['another region in GovCloud', ARN.replace('aws', 'aws-us-gov'), `${REGION} "aws-us-gov"`],
		['a host instead of the region', ARN.replace('us-east-1', 'evil.example/'), `${REGION} "aws"`],
		['no account', ARN.replace('019364481091', ''), 'Access Point has no account id of 12 digits'],
		[
			'an account of 11 digits',
			ARN.replace('019364481091', '19364481091'),
			'Access Point has no account id of 12 digits',
		],
		['a name of 2', of('accesspoint/ab'), BAD_NAME],
		['a name of 51', of(`accesspoint/${'a'.repeat(51)}`), BAD_NAME],
		['a name with an underscore', of('accesspoint/a_b'), BAD_NAME],
		['a name that begins with a dash', of('accesspoint/-ab'), BAD_NAME],
		['a name that ends with a dash', of('accesspoint/ab-'), BAD_NAME],
		['a name with a space', of('accesspoint/a b'), BAD_NAME],
		['a name with an umlaut', of('accesspoint/bär'), BAD_NAME],
		['a name with a query', of('accesspoint/abc?x=1'), BAD_NAME],
	])('%s', (_name, value, message) => {
		const error = invalidInput(() => parseAccessPointArn(value));
		expect(error.message).toBe(message);
		expect(error.advice).toContain('arn:aws:s3:us-east-1:123456789012:accesspoint/NAME');
	});

	it('the sample of the API page: the advice explains dots and suggests the pre-signed URL', () => {
		const sample = 'arn:aws:s3:us-east-1:019364481091:accesspoint/example-emr-integration-1.1.1.1.1-accesspoint';
		const error = invalidInput(() => parseAccessPointArn(sample));
		expect(error.message).toBe('Access Point has a name that cannot be part of a host name');
		expect(error.advice).toContain('choose the source "Pre-Signed URL"');
	});
});

describe('the same access point', () => {
	const same = (a: string, b: string) => isSameAccessPoint(parseAccessPointArn(a), parseAccessPointArn(b));

	it('with a slash or a colon, in upper or lower case', () => {
		expect(same(ARN, ARN.replace('/', ':'))).toBe(true);
		expect(same(`${ARN}-ABC`, `${ARN}-abc`)).toBe(true);
	});

	it.each([
		['another name', `${ARN}1`],
		['another account', ARN.replace('019364481091', '019364481092')],
		['another region', ARN.replace('us-east-1', 'us-east-2')],
		['another partition', ARN.replace('aws:s3:us-east-1', 'aws-cn:s3:cn-north-1')],
	])('not with %s', (_name, other) => {
		expect(same(ARN, other)).toBe(false);
	});
});
