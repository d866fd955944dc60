// Swift 5.9 on macOS 12 or newer: swift sample.swift
import CryptoKit
import Foundation

let env = ProcessInfo.processInfo.environment
let (url, appId, appKey) = (env["SIYU_URL"]!, env["APP_ID"]!, env["APP_KEY"]!)
let body = #"{"hello":"world"}"#
let timestamp = String(Int(Date().timeIntervalSince1970 * 1000))
let digest = SHA256.hash(data: Data((appId + timestamp + body + appKey).utf8))
let sign = digest.map { String(format: "%02x", $0) }.joined()
var request = URLRequest(url: URL(string: url + "/api/v3/echo")!)
request.httpMethod = "POST"
request.httpBody = Data(body.utf8)
for (name, value) in ["content-type": "application/json", "appId": appId, "timestamp": timestamp, "sign": sign] {
    request.setValue(value, forHTTPHeaderField: name)
}
let (data, _) = try await URLSession.shared.data(for: request)
print(String(decoding: data, as: UTF8.self))
let reply = try JSONSerialization.jsonObject(with: data) as? [String: Any]
exit(reply?["code"] as? Int == 0 ? 0 : 1)
