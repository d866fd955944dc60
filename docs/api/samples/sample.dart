// dart pub add crypto, then: dart run sample.dart
import 'dart:convert';
import 'dart:io';
import 'package:crypto/crypto.dart';

Future<void> main() async {
  final env = Platform.environment;
  final url = env['SIYU_URL']!, appId = env['APP_ID']!, appKey = env['APP_KEY']!;
  final body = jsonEncode({'hello': 'world'});
  final timestamp = DateTime.now().millisecondsSinceEpoch.toString();
  final sign = sha256.convert(utf8.encode(appId + timestamp + body + appKey)).toString();
  final client = HttpClient();
  final request = await client.postUrl(Uri.parse('$url/api/v3/echo'));
  final headers = {'content-type': 'application/json', 'appId': appId, 'timestamp': timestamp, 'sign': sign};
  headers.forEach((name, value) => request.headers.set(name, value, preserveHeaderCase: true));
  request.add(utf8.encode(body));
  final reply = await utf8.decodeStream(await request.close());
  print(reply);
  client.close();
  exitCode = jsonDecode(reply)['code'] == 0 ? 0 : 1;
}
