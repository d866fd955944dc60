// libcurl and OpenSSL: cc sample.c -lcurl -lcrypto -o sample && ./sample
#include <curl/curl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static size_t keep(char *data, size_t size, size_t n, void *kept) {
    strncat(kept, data, size * n < 4000 - strlen(kept) ? size * n : 4000 - strlen(kept));
    return size * n;
}

int main(void) {
    const char *url = getenv("SIYU_URL"), *app_id = getenv("APP_ID"), *app_key = getenv("APP_KEY");
    const char *body = "{\"hello\":\"world\"}";
    struct timeval now;
    gettimeofday(&now, NULL);
    char timestamp[32], text[1024], sign[65], line[512], reply[4096] = "";
    snprintf(timestamp, sizeof timestamp, "%lld", (long long)now.tv_sec * 1000 + now.tv_usec / 1000);
    snprintf(text, sizeof text, "%s%s%s%s", app_id, timestamp, body, app_key);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((unsigned char *)text, strlen(text), digest);
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++) sprintf(sign + 2 * i, "%02x", digest[i]);

    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "content-type: application/json");
    snprintf(line, sizeof line, "appId: %s", app_id);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "timestamp: %s", timestamp);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "sign: %s", sign);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "%s/api/v3/echo", url);
    curl_easy_setopt(curl, CURLOPT_URL, line);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    CURLcode result = curl_easy_perform(curl);
    puts(reply);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return result == CURLE_OK && strncmp(reply, "{\"code\":0,", 10) == 0 ? 0 : 1;
}
