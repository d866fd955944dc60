// macOS: clang -fobjc-arc -framework Foundation sample.m -o sample && ./sample
#import <CommonCrypto/CommonDigest.h>
#import <Foundation/Foundation.h>

int main(void) {
    @autoreleasepool {
        NSDictionary *env = NSProcessInfo.processInfo.environment;
        NSString *url = env[@"SIYU_URL"], *appId = env[@"APP_ID"], *appKey = env[@"APP_KEY"];
        NSString *body = @"{\"hello\":\"world\"}";
        NSString *timestamp = [NSString stringWithFormat:@"%lld", (long long)(NSDate.date.timeIntervalSince1970 * 1000)];
        NSString *text = [NSString stringWithFormat:@"%@%@%@%@", appId, timestamp, body, appKey];
        NSData *data = [text dataUsingEncoding:NSUTF8StringEncoding];
        unsigned char digest[CC_SHA256_DIGEST_LENGTH];
        CC_SHA256(data.bytes, (CC_LONG)data.length, digest);
        NSMutableString *sign = [NSMutableString string];
        for (int i = 0; i < CC_SHA256_DIGEST_LENGTH; i++) [sign appendFormat:@"%02x", digest[i]];

        NSURL *address = [NSURL URLWithString:[url stringByAppendingString:@"/api/v3/echo"]];
        NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:address];
        request.HTTPMethod = @"POST";
        request.HTTPBody = [body dataUsingEncoding:NSUTF8StringEncoding];
        request.allHTTPHeaderFields = @{
            @"content-type" : @"application/json", @"appId" : appId, @"timestamp" : timestamp, @"sign" : sign
        };
        __block int result = 1;
        dispatch_semaphore_t done = dispatch_semaphore_create(0);
        [[NSURLSession.sharedSession dataTaskWithRequest:request
                                       completionHandler:^(NSData *reply, NSURLResponse *response, NSError *error) {
            if (reply) {
                NSLog(@"%@", [[NSString alloc] initWithData:reply encoding:NSUTF8StringEncoding]);
                NSDictionary *answer = [NSJSONSerialization JSONObjectWithData:reply options:0 error:nil];
                result = [answer[@"code"] isEqual:@0] ? 0 : 1;
            }
            dispatch_semaphore_signal(done);
        }] resume];
        dispatch_semaphore_wait(done, DISPATCH_TIME_FOREVER);
        return result;
    }
}
