# install.packages(c("digest", "httr2", "jsonlite")), then: Rscript sample.R
url <- Sys.getenv("SIYU_URL"); app_id <- Sys.getenv("APP_ID"); app_key <- Sys.getenv("APP_KEY")
body <- '{"hello":"world"}'
timestamp <- format(floor(as.numeric(Sys.time()) * 1000), scientific = FALSE)
sign <- digest::digest(paste0(app_id, timestamp, body, app_key), algo = "sha256", serialize = FALSE)
request <- httr2::request(paste0(url, "/api/v3/echo")) |>
  httr2::req_headers(appId = app_id, timestamp = timestamp, sign = sign) |>
  httr2::req_body_raw(body, type = "application/json")
reply <- httr2::resp_body_string(httr2::req_perform(request))
cat(reply, "\n")
quit(status = if (jsonlite::fromJSON(reply)$code == 0) 0 else 1)
