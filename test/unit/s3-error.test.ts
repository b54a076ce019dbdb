import { toServiceError } from '../../nodes/shared/access-point/open-file';

describe('an error of the AWS SDK', () => {
	const slowDown = (headers: Record<string, string>) =>
		Object.assign(new Error('Please reduce your request rate.'), {
			name: 'SlowDown',
			$metadata: { httpStatusCode: 503 },
			$response: { headers },
		});

	it('keeps the pause requested by S3', () => {
		expect(toServiceError(slowDown({ 'retry-after': '7' }), 'host')).toMatchObject({ retryAfterMs: 7000, retry: true });
		expect(toServiceError(slowDown({}), 'host').retryAfterMs).toBeUndefined();
	});
});
