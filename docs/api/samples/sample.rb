# Ruby, without gems: ruby sample.rb
require "digest"
require "json"
require "net/http"

url, app_id, app_key = ENV.values_at("SIYU_URL", "APP_ID", "APP_KEY")
body = JSON.generate({ hello: "world" })
timestamp = (Time.now.to_f * 1000).to_i.to_s
sign = Digest::SHA256.hexdigest(app_id + timestamp + body + app_key)
headers = { "content-type" => "application/json", "appId" => app_id, "timestamp" => timestamp, "sign" => sign }
reply = Net::HTTP.post(URI("#{url}/api/v3/echo"), body, headers).body
puts reply
exit(JSON.parse(reply)["code"].zero?)
