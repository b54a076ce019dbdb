/** Production hosts of the Partners Services API (Roche's API page). The proxy sends both to the sandbox's API server. */
export const DEMO_HOST = 'api-services-demo.rochedcplatform-sandbox.com';
export const LIVE_HOST = 'api-services-eu.rochedcplatform.com';

/** Path of the API on either host (Roche's API page). */
export const API_PATH = '/partners/services/api/';

const S3_REGIONS = ['us-east-1', 'eu-central-1'] as const;

/** Names in the S3 front's certificate: access points, virtual-hosted buckets and regional endpoints. */
export const S3_HOSTS = S3_REGIONS.flatMap((region) => [
	`*.s3-accesspoint.${region}.amazonaws.com`,
	`*.s3.${region}.amazonaws.com`,
	`s3.${region}.amazonaws.com`,
]);

/** Paths of Roche's own sandbox on the demo host. The implementation guide gives both. */
export const SANDBOX_PATHS = [
	'/sandbox/partners/services/api/v1/notification',
	'/sandbox/api/partners/services/api/v1/notification',
];

/** Organization ID for Roche's own sandbox (implementation guide). */
export const SANDBOX_ORG_ID = '1.3.6.1.4.1.56221.1.3';
