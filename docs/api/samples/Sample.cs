// .NET 8, without packages: the Program.cs of `dotnet new console`.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

string Env(string name) => Environment.GetEnvironmentVariable(name)!;
var (url, appId, appKey) = (Env("SIYU_URL"), Env("APP_ID"), Env("APP_KEY"));
var body = JsonSerializer.Serialize(new { hello = "world" });
var timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString();
var digest = SHA256.HashData(Encoding.UTF8.GetBytes(appId + timestamp + body + appKey));
using var request = new HttpRequestMessage(HttpMethod.Post, url + "/api/v3/echo");
request.Content = new StringContent(body, Encoding.UTF8, "application/json");
request.Headers.Add("appId", appId);
request.Headers.Add("timestamp", timestamp);
request.Headers.Add("sign", Convert.ToHexString(digest).ToLowerInvariant());
using var client = new HttpClient();
var response = await client.SendAsync(request);
var reply = await response.Content.ReadAsStringAsync();
Console.WriteLine(reply);
return JsonDocument.Parse(reply).RootElement.GetProperty("code").GetInt32() == 0 ? 0 : 1;
