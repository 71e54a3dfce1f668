// What a watch has of AWS: events from a queue, and places to tell news: topics and Security Hub.
