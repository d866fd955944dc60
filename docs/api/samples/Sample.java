// Java 17 or newer, without libraries: java Sample.java
import java.net.URI;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

public class Sample {
    public static void main(String[] args) throws Exception {
        String url = System.getenv("SIYU_URL"), appId = System.getenv("APP_ID"), appKey = System.getenv("APP_KEY");
        String body = "{\"hello\":\"world\"}";
        String timestamp = String.valueOf(System.currentTimeMillis());
        byte[] text = (appId + timestamp + body + appKey).getBytes(StandardCharsets.UTF_8);
        String sign = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v3/echo"))
            .header("content-type", "application/json")
            .header("appId", appId).header("timestamp", timestamp).header("sign", sign)
            .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        String reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
        System.out.println(reply);
        System.exit(reply.startsWith("{\"code\":0,") ? 0 : 1);
    }
}
