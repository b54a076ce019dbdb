import { InvalidInputError } from '../errors/invalid-input-error';
import { PARTITIONS } from './aws-hosts';

/** An S3 access point, as its ARN identifies it (AWS documentation, "Referencing access points"). */
export interface AccessPointArn {
	/** As it was given, without whitespace around it. */
	arn: string;
	partition: string;
	region: string;
	accountId: string;
	name: string;
}

const FIELD = 'Access Point';
const EXAMPLE = 'arn:aws:s3:us-east-1:123456789012:accesspoint/NAME';
const USE_ARN = `Enter the ARN from the notification or from Get Token, such as ${EXAMPLE}.`;

/** What a user may give instead of the ARN of a plain access point, and how the error describes it. */
const OTHER_RESOURCES: ReadonlyArray<{ pattern: RegExp; what: string }> = [
	{ pattern: /^arn:[^:]*:s3-outposts:/, what: 'an access point on Outposts' },
	{ pattern: /^arn:[^:]*:s3-object-lambda:/, what: 'an Object Lambda access point' },
	{ pattern: /^arn:[^:]*:s3express:/, what: 'an S3 Express bucket' },
	{ pattern: /^arn:[^:]*:s3::[^:]*:accesspoint/, what: 'a multi-region access point' },
	{ pattern: /^arn:[^:]*:s3:::/, what: 'a bucket or an object, not an access point' },
	{ pattern: /^(s3|https?):\/\//, what: 'a URL' },
];

/**
 * Splits the ARN of an access point into its parts.
 * @throws InvalidInputError that states why it is not the ARN of a readable access point
 */
export function parseAccessPointArn(value: unknown): AccessPointArn {
	const arn = typeof value === 'string' ? value.trim() : '';
	if (arn === '') throw new InvalidInputError(FIELD, `${FIELD} is empty`, USE_ARN);
	const other = OTHER_RESOURCES.find(({ pattern }) => pattern.test(arn));
	if (other) throw new InvalidInputError(FIELD, `${FIELD} names ${other.what}`, USE_ARN);
	const [, partition = '', region = '', accountId = '', name = ''] =
		/^arn:([^:]*):s3:([^:]*):([^:]*):accesspoint[/:]([^/]*)$/.exec(arn) ?? [];
	if (name === '') throw new InvalidInputError(FIELD, `${FIELD} is not the ARN of an S3 access point`, USE_ARN);
	// The SDK also converts names to lower case: access point names have no upper case. ASCII only, or else the Kelvin sign would become a "k".
	const lowered = name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
	const parsed = { arn, partition, region, accountId, name: lowered };
	checkParts(parsed);
	return parsed;
}

/** Whether two ARNs identify the same access point; `:` and `/` before the name are the same to AWS. */
export function isSameAccessPoint(a: AccessPointArn, b: AccessPointArn): boolean {
	return a.partition === b.partition && a.region === b.region && a.accountId === b.accountId && a.name === b.name;
}

/** Returns the host that serves an access point (AWS documentation, "Using access points"). */
export function accessPointHost({ name, accountId, region, partition }: AccessPointArn): string {
	return `${name}-${accountId}.s3-accesspoint.${region}.${PARTITIONS.get(partition)?.dnsSuffix ?? ''}`;
}

function checkParts(parts: AccessPointArn): void {
	const { partition, region, accountId, name } = parts;
	// The host name is built from both, so they must agree.
	const regions = PARTITIONS.get(partition)?.regions;
	if (!regions) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} is in an unknown AWS partition`,
			`Known partitions: ${[...PARTITIONS.keys()].join(', ')}. ${USE_ARN}`,
		);
	}
	if (!regions.test(region)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} names a region that is not one of the partition "${partition}"`,
			USE_ARN,
		);
	}
	if (!/^\d{12}$/.test(accountId)) {
		throw new InvalidInputError(FIELD, `${FIELD} has no account id of 12 digits`, USE_ARN);
	}
	const isAllowed = /^[a-z0-9]([a-z0-9-]{1,48})[a-z0-9]$/.test(name);
	// Node 20 reads a label that begins with "xn--" as an encoded international name, and refuses most of them.
	if (name.includes('.') || (isAllowed && !URL.canParse(`https://${accessPointHost(parts)}/`))) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} has a name that cannot be part of a host name`,
			'This may be an example or a shortened name: AWS gives no names with dots, and on Node 20 names cannot begin with "xn--". Take the ARN from the notification or from Get Token. A pre-signed URL of the file always works: choose the source "Pre-Signed URL".',
		);
	}
	if (!isAllowed) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} has a name that AWS does not allow`,
			`A name has 3 to 50 characters of a-z, 0-9 and "-". ${USE_ARN}`,
		);
	}
}
