// Several requests in one run of the model.

import OnnxRuntime

/// Dynamic batching: requests that have arrived together are run together, if their rows are alike.
///
/// Nothing is ever waited for. While the model is busy requests pile up in the connection, and the next run takes what
/// is there: under load batches grow by themselves, and a lone request is never held up.
extension ModelService {
    /// Whether every input and every output has a row for each row of the request, as far as the model says.
    var takesBatches: Bool {
        (model.inputs + model.outputs).allSatisfy { info in
            if case .free = info.shape.first { true } else { false }
        }
    }

    /// Answers requests in their order, in as few runs as can be.
    func respond(batch requests: [(head: RequestHead, body: Body)]) -> [Response] {
        guard requests.count > 1, takesBatches else { return requests.map { respond($0.head, $0.body) } }
        var responses = [Response?](repeating: nil, count: requests.count)
        var questions: [Int: Question] = [:]
        var alike: [[[Int]]: [Int]] = [:]
        for (index, request) in requests.enumerated() {
            guard isInference(request.head) else {
                responses[index] = respond(request.head, request.body)
                continue
            }
            do throws(Refusal) {
                let question = try read(request.head, request.body)
                questions[index] = question
                alike[question.rowSizes(index), default: []].append(index)
            } catch {
                responses[index] = Response(error)
            }
        }
        for indices in alike.values {
            let group = indices.compactMap { index in questions[index].map { (index, $0) } }
            let outputs = group.count > 1 ? runTogether(group.map(\.1)) : nil
            for (place, (index, question)) in group.enumerated() {
                do throws(Refusal) {
                    // What cannot be run together is run alone, so that a wrong request spoils no other.
                    if let outputs {
                        responses[index] = try answer(question, outputs[place])
                    } else {
                        responses[index] = try answer(question, try run(question.request.tensors))
                    }
                } catch {
                    responses[index] = Response(error)
                }
            }
        }
        return responses.map { $0 ?? Response(Refusal(500, "the request was lost in its batch")) }
    }

    private func isInference(_ head: RequestHead) -> Bool {
        guard head.method == "POST" else { return false }
        return head.path == "/invocations"
            || (head.contentType.isOpenInference && head.path == "/v2/models/\(modelName)/infer")
    }

    /// The outputs of each, or nil when the model does not take them together.
    private func runTogether(_ questions: [Question]) -> [[Tensor]]? {
        do throws(ModelError) {
            var inputs: [Tensor] = []
            for index in model.inputs.indices {
                guard let joined = try Tensor.joined(questions.map { $0.request.tensors[index] }) else { return nil }
                inputs.append(joined)
            }
            let outputs = try model.run(inputs)
            let counts = questions.map { $0.request.tensors[0].shape[0] }
            let total = counts.reduce(0, +)
            guard outputs.allSatisfy({ $0.shape.first == total }) else { return nil }
            var answers: [[Tensor]] = []
            var first = 0
            for count in counts {
                var own: [Tensor] = []
                for output in outputs { own.append(try output.rows(first..<(first + count))) }
                answers.append(own)
                first += count
            }
            return answers
        } catch {
            return nil
        }
    }
}

extension ModelService.Question {
    /// What must be equal for two requests to run together: the sizes of each input's rows. A request whose inputs
    /// differ in rows is like no other, which its own index says.
    fileprivate func rowSizes(_ index: Int) -> [[Int]] {
        let rows = request.tensors.first?.shape.first
        let isEven = rows != nil && request.tensors.allSatisfy { $0.shape.first == rows }
        return request.tensors.map { Array($0.shape.dropFirst()) } + (isEven ? [] : [[index], [], [index]])
    }
}
