/** A group of AWS regions with its own names. */
export interface Partition {
	/** Pattern of the names of its regions. */
	regions: RegExp;
	/** The end of its host names. */
	dnsSuffix: string;
}

/** The partitions in which anyone can have an account (AWS General Reference, "AWS partitions"; dnsSuffix as in the SDK's partitions.json). */
export const PARTITIONS: ReadonlyMap<string, Partition> = new Map([
	[
		'aws',
		{
			regions: /^(?!cn-|us-gov-|us-iso|eu-iso|eusc-)[a-z]{2,3}(-[a-z]{2,12}){1,3}-\d{1,2}$/,
			dnsSuffix: 'amazonaws.com',
		},
	],
	['aws-cn', { regions: /^cn-[a-z]{2,12}-\d{1,2}$/, dnsSuffix: 'amazonaws.com.cn' }],
	['aws-us-gov', { regions: /^us-gov-[a-z]{2,12}-\d{1,2}$/, dnsSuffix: 'amazonaws.com' }],
	['aws-eusc', { regions: /^eusc-[a-z]{2}-[a-z]{2,12}-\d{1,2}$/, dnsSuffix: 'amazonaws.eu' }],
]);

const SUFFIX = String.raw`amazonaws\.(?:com(?:\.cn)?|eu)`;
const REGION = String.raw`[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}`;
/** Bucket, or name and account of an access point. */
const OWNER = String.raw`[a-z0-9][a-z0-9.-]*\.`;

const wholeName = (pattern: string): RegExp => new RegExp(`^${pattern}\\.${SUFFIX}$`);

/**
 * Host names of S3 (AWS General Reference, "Amazon S3 endpoints"; user guide, "Transfer Acceleration", "AWS PrivateLink for Amazon S3",
 * "Multi-Region Access Points"). Other services under amazonaws.com do not match: anyone can have a host there.
 */
const S3_HOSTS: readonly RegExp[] = [
	// Path style, bucket style, access points, dual-stack, and the older forms with a dash.
	`(?:${OWNER})?(?:s3|s3-fips|s3-accesspoint|s3-accesspoint-fips|s3-external-1|s3-${REGION})(?:\\.dualstack)?(?:\\.${REGION})?`,
	`${OWNER}s3-accelerate(?:\\.dualstack)?`,
	`(?:${OWNER})?(?:bucket|accesspoint)\\.vpce-[a-z0-9-]+\\.s3\\.${REGION}\\.vpce`,
	`[a-z0-9]+\\.mrap\\.accesspoint\\.s3-global`,
].map(wholeName);

/** Hosts of S3 whose ETags are not the MD5 of the bytes received, whatever they look like: directory buckets, Object Lambda, Outposts. */
const S3_HOSTS_OF_OTHER_ETAGS: readonly RegExp[] = [
	`(?:${OWNER})?s3express-[a-z0-9-]+(?:\\.dualstack)?\\.${REGION}`,
	`[a-z0-9-]+\\.s3-object-lambda(?:-fips)?\\.${REGION}`,
	`[a-z0-9-]+\\.op-[0-9a-f]+\\.s3-outposts(?:-fips)?\\.${REGION}`,
].map(wholeName);

/** Whether AWS guarantees for a host that an ETag of 32 hexadecimal digits is an MD5. */
export function hasMd5Etags(host: string): boolean {
	return S3_HOSTS.some((pattern) => pattern.test(host));
}

/** Whether a host is one of Amazon S3. */
export function isS3Host(host: string): boolean {
	return hasMd5Etags(host) || S3_HOSTS_OF_OTHER_ETAGS.some((pattern) => pattern.test(host));
}
