<?php
// PHP 8, without packages: php sample.php
[$url, $appId, $appKey] = [getenv('SIYU_URL'), getenv('APP_ID'), getenv('APP_KEY')];
$body = json_encode(['hello' => 'world']);
$timestamp = (string) (int) floor(microtime(true) * 1000);
$sign = hash('sha256', $appId . $timestamp . $body . $appKey);
$headers = ['content-type: application/json', "appId: $appId", "timestamp: $timestamp", "sign: $sign"];
$context = stream_context_create(['http' => ['method' => 'POST', 'header' => $headers, 'content' => $body]]);
$reply = file_get_contents("$url/api/v3/echo", false, $context);
echo $reply, "\n";
exit(json_decode($reply, true)['code'] === 0 ? 0 : 1);
